"""What the end-to-end tests are made of: an emulator, a slice of the lake, builds, a comparison."""
