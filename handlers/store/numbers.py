"""Numbers without gaps, and claims on what only one may hold."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, delete, select, text

from handlers.store.tables_registers import claim, number_series

_DRAW = text(
    "INSERT INTO number_series (series, last) VALUES (:series, 1) "
    "ON CONFLICT (series) DO UPDATE SET last = number_series.last + 1 RETURNING last"
)
_CLAIM = text("INSERT INTO claim (key, holder) VALUES (:key, :holder) ON CONFLICT (key) DO NOTHING")


def next_number(connection: Connection, series: str) -> int:
    """Draw the next number of `series`; the first is 1.

    The series stays locked until the unit of work ends: when it is rolled back, the number is given to the next one
    that waits, so that there is neither a gap nor a double.
    """
    return int(connection.execute(_DRAW, {"series": series}).scalar_one())


def acquire(connection: Connection, holder: str, keys: Collection[str]) -> str | None:
    """Claim all `keys` for `holder`, or none of them.

    Returns None when all are now held, otherwise a key that somebody else holds. Another unit of work that is about
    to claim the same key is waited for.
    """
    gained: list[str] = []
    for key in sorted(keys):  # one order for everybody, so that two never wait for each other
        if connection.execute(_CLAIM, {"key": key, "holder": holder}).rowcount == 0:
            release(connection, holder, gained)
            return key
        gained.append(key)
    return None


def is_held(connection: Connection, key: str) -> bool:
    """Whether somebody holds `key` as far as is committed. Only `acquire` makes sure of anything."""
    return connection.execute(select(claim.c.holder).where(claim.c.key == key)).first() is not None


def held_by(connection: Connection, holder: str) -> set[str]:
    """Every key that `holder` holds."""
    return set(connection.scalars(select(claim.c.key).where(claim.c.holder == holder)))


def release(connection: Connection, holder: str, keys: Collection[str]) -> None:
    """Give up those of `keys` that `holder` holds."""
    connection.execute(delete(claim).where(claim.c.holder == holder, claim.c.key.in_(list(keys))))


def release_all(connection: Connection, holder: str, *, but: str) -> None:
    """Give up everything that `holder` holds, except the keys that begin with `but`."""
    connection.execute(delete(claim).where(claim.c.holder == holder, ~claim.c.key.startswith(but, autoescape=True)))


def release_of(connection: Connection, holders: Collection[str]) -> None:
    """Give up everything that any of `holders` holds."""
    connection.execute(delete(claim).where(claim.c.holder.in_(list(holders))))


def holders(connection: Connection, keys: Collection[str]) -> dict[str, str]:
    """Who holds those of `keys` that are held."""
    if not keys:
        return {}
    query = select(claim.c.key, claim.c.holder).where(claim.c.key.in_(list(keys)))
    return {row.key: row.holder for row in connection.execute(query)}


def hold(connection: Connection, series: Collection[str]) -> dict[str, int]:
    """The last number given in each of `series`; nobody draws a further one until the unit of work ends."""
    wanted = number_series.c.series.in_(list(series))
    query = select(number_series).where(wanted).order_by(number_series.c.series).with_for_update()
    return {row.series: row.last for row in connection.execute(query)}
