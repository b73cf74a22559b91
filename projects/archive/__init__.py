"""备查资料 as people look at it: the catalogue of one site or programme, and the board over many.

Nothing of it is stored: what lies in a category follows from the files and from the records that fall into it.
"""

from projects.archive.board import Board, Standing, archive_board
from projects.archive.catalogue import Catalogue, Section, programme_catalogue, site_catalogue
from projects.archive.items import Generated, Item, Kept, Piece

__all__ = [
    "Board",
    "Catalogue",
    "Generated",
    "Item",
    "Kept",
    "Piece",
    "Section",
    "Standing",
    "archive_board",
    "programme_catalogue",
    "site_catalogue",
]
