package dev.synthlab.batch;

import java.util.Arrays;

/**
 * The rows of the input and of OUT in about 45 bytes each: the hash of the id, the hash of the
 * content, the line in the input, the offset of the last line in OUT, and its status. Filled by one
 * thread; during the run only the journal's thread changes it, and only offsets and statuses.
 */
final class RowTable {
  private static final int NONE = -1;

  private long[] ids = new long[1024];
  private long[] hashes = new long[1024];
  private long[] places = new long[1024];
  private int[] lines = new int[1024];
  private short[] ends = new short[1024];
  private int[] slots = new int[4096];
  private int size;
  private long[] superseded = new long[16];
  private int supersededCount;

  /** The index of the row with that id, or -1. */
  int find(long id) {
    int mask = slots.length - 1;
    for (int slot = (int) ByteScan.mixed(id) & mask; slots[slot] != 0; slot = (slot + 1) & mask) {
      if (ids[slots[slot] - 1] == id) {
        return slots[slot] - 1;
      }
    }
    return NONE;
  }

  /** Adds a row, which must be new. */
  int add(long id, long hash) {
    if (size == ids.length) {
      int room = size + (size >> 1);
      ids = Arrays.copyOf(ids, room);
      hashes = Arrays.copyOf(hashes, room);
      places = Arrays.copyOf(places, room);
      lines = Arrays.copyOf(lines, room);
      ends = Arrays.copyOf(ends, room);
    }
    int row = size++;
    ids[row] = id;
    hashes[row] = hash;
    places[row] = NONE;
    if (size * 10L > slots.length * 7L) {
      slots = new int[slots.length * 2];
      for (int i = 0; i < row; i++) {
        settle(i);
      }
    }
    settle(row);
    return row;
  }

  private void settle(int row) {
    int mask = slots.length - 1;
    int slot = (int) ByteScan.mixed(ids[row]) & mask;
    while (slots[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    slots[slot] = row + 1;
  }

  int size() {
    return size;
  }

  long hash(int row) {
    return hashes[row];
  }

  void hash(int row, long hash) {
    hashes[row] = hash;
  }

  /** The line of a row in the input, or 0. */
  int line(int row) {
    return lines[row];
  }

  void line(int row, int line) {
    lines[row] = line;
  }

  /** The status of a row, see {@link RowStatuses}. */
  short end(int row) {
    return ends[row];
  }

  /** Opens a row again although it has a line. */
  void reopen(int row) {
    ends[row] = RowStatuses.OPEN;
  }

  /** The offset of the last line of a row in OUT, or -1. */
  long place(int row) {
    return places[row];
  }

  /** Sets the last line of a row. */
  void place(int row, long offset, short end) {
    if (places[row] >= 0) {
      supersede(places[row]);
    }
    places[row] = offset;
    ends[row] = end;
  }

  /** Marks the line at an offset as superseded. */
  void supersede(long offset) {
    if (supersededCount == superseded.length) {
      superseded = Arrays.copyOf(superseded, supersededCount * 2);
    }
    superseded[supersededCount++] = offset;
  }

  /** The offsets of superseded lines, in order. */
  long[] superseded() {
    long[] sorted = Arrays.copyOf(superseded, supersededCount);
    Arrays.sort(sorted);
    return sorted;
  }

  /** Forgets all that was read from OUT. */
  void clear() {
    Arrays.fill(slots, 0);
    Arrays.fill(lines, 0);
    Arrays.fill(ends, RowStatuses.OPEN);
    size = 0;
    supersededCount = 0;
  }
}
