"""The regulation as data: loaded once, validated wholly, frozen."""

from accessflow.catalogue.load import Catalogue, CatalogueError, load

__all__ = ["Catalogue", "CatalogueError", "load"]
