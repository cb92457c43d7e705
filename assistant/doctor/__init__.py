"""What ``assistant doctor`` looks at: each finding with its remedy."""
