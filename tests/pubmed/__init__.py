"""A local PubMed: a loopback server that speaks esearch, efetch, esummary and RSS over PubmedArticleSet files.

It shares no code with ``harvest``: it is the other side, to test against. ``serve`` runs one inside a test;
``python -m tests.pubmed`` runs one by itself.
"""

from tests.pubmed.corpus import Corpus
from tests.pubmed.local import LocalPubMed, Request
from tests.pubmed.server import serve

__all__ = ["Corpus", "LocalPubMed", "Request", "serve"]
