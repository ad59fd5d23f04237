"""Text out of documents (txt, html, docx, pdf), every character of it with its place in the original."""
