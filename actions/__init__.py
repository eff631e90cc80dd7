"""The custom actions of the assistant: slots in, one service call, a response out."""
