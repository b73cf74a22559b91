"""工作经费: reading, pages, papers and the upload. Models and actions stand with those of the ledger."""
