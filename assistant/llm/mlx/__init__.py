"""MLX: safetensors folders and the GGUF files that it can read, in a process of their own."""
