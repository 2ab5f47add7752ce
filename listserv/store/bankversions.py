"""What is asked to find out of which item of the bank a file is a version."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from listserv.store.bank import Material, MaterialUse, MaterialVersion
from listserv.store.bankpages import visible
from listserv.store.search import FileText


def lately(db: Session, list_id: int, limit: int) -> Sequence[MaterialVersion]:
    """The files of a list's newest items, the newest first."""
    newest = select(Material.id).where(Material.list_id == list_id).order_by(Material.newest_at.desc(), Material.id.desc()).limit(limit)
    ids = db.scalars(newest).all()
    query = select(MaterialVersion).where(MaterialVersion.material_id.in_(ids), MaterialVersion.type != "")
    return db.scalars(query.order_by(MaterialVersion.id.desc())).all() if ids else ()


def texts(db: Session, sha256s: Collection[str], length: int) -> dict[str, str]:
    """The beginnings of what these files say, as far as they were read."""
    query = select(FileText.sha256, func.substr(FileText.text, 1, length)).where(FileText.sha256.in_(sha256s), FileText.text != "")
    return dict(db.execute(query).all()) if sha256s else {}


def versions_of(db: Session, material_id: int) -> Sequence[MaterialVersion]:
    """All places of an item, the first version first."""
    query = select(MaterialVersion).where(MaterialVersion.material_id == material_id)
    return db.scalars(query.order_by(MaterialVersion.number, MaterialVersion.id)).all()


def seen(db: Session, ids: Collection[int]) -> set[int]:
    """Those of these items that readers may see."""
    return set(db.scalars(select(Material.id).where(Material.id.in_(ids), visible()))) if ids else set()


def move_uses(db: Session, old: int, new: int) -> None:
    """Who used one item has used the other: once each."""
    known = set(db.scalars(select(MaterialUse.user_id).where(MaterialUse.material_id == new)))
    for use in db.scalars(select(MaterialUse).where(MaterialUse.material_id == old)).all():
        if use.user_id in known:
            db.delete(use)
        else:
            use.material_id = new
    db.flush()
