"""Takes back what a power cut would have lost, from the log that tests/fault/power_cut.c keeps."""
import os
import struct

HEADER = struct.Struct("<IIQQII")
WRITE, TRUNCATE, SYNC = 1, 2, 3


def read_log(path):
    """(kind, file, offset, old_size, old, new) of every record; a record cut short was not done yet."""
    data, at, records = path.read_bytes(), 0, []
    while at + HEADER.size <= len(data):
        kind, path_bytes, offset, old_size, old_bytes, new_bytes = HEADER.unpack_from(data, at)
        end = at + HEADER.size + path_bytes + old_bytes + new_bytes
        if end > len(data):
            break
        name = at + HEADER.size
        old = name + path_bytes
        records.append((kind, os.fsdecode(data[name:old]), offset, old_size,
                        data[old:old + old_bytes], data[old + old_bytes:end]))
        at = end
    return records


def unsynced(records):
    """By file, what was done to it after its last sync, oldest first."""
    open_ends = {}
    for record in records:
        if record[0] == SYNC:
            open_ends.pop(record[1], None)
        else:
            open_ends.setdefault(record[1], []).append(record)
    return open_ends


def take_back(log, choice=None):
    """Undoes all that was not synced; with `choice` (random.Random) some of it, as a disk that had
    begun to write in an order of its own. Returns how many writes were lost."""
    lost = 0
    for name, records in unsynced(read_log(log)).items():
        if not os.path.exists(name):
            continue
        with open(name, "r+b") as file:
            for kind, _, offset, old_size, old, _ in reversed(records):
                file.seek(offset)
                file.write(old)
                file.truncate(old_size)
            for kind, _, offset, _, _, new in records:
                if choice is None or choice.random() < 0.5:
                    lost += 1
                elif kind == WRITE:
                    file.seek(offset)
                    file.write(new)
                else:
                    file.truncate(offset)
    log.unlink()
    return lost
