"""Networks: DG-Net, its peers, run folders and trained weights."""
