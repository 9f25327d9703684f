"""Smaller, sparser or coarser: what two measured profiles say of it, batch by batch, beside what studies have published."""
