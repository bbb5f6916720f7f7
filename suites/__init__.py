"""What is asked: one folder a chapter, one module a topic, one function a check."""
