"""llama.cpp: GGUF files in a process of their own."""
