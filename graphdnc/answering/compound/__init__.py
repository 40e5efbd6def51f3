"""Questions that take several questions to networks: ways under conditions, rides and lists."""
