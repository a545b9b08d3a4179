package dev.synthlab.batch;

import java.util.Arrays;

/**
 * What is known of every row, of the input and of OUT, in about 45 bytes each: the hash of its id,
 * the hash of what it says, its line in the input, where its last line stands in OUT and how that
 * ended. Filled by one thread; during the run only the journal's thread changes it, and only the
 * places and ends.
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

  /** The row with that id, or -1. */
  int find(long id) {
    int mask = slots.length - 1;
    for (int slot = (int) ByteScan.mixed(id) & mask; slots[slot] != 0; slot = (slot + 1) & mask) {
      if (ids[slots[slot] - 1] == id) {
        return slots[slot] - 1;
      }
    }
    return NONE;
  }

  /** A new row, which must not be there yet. */
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

  /** Its line in the input; 0 when the input does not have it. */
  int line(int row) {
    return lines[row];
  }

  void line(int row, int line) {
    lines[row] = line;
  }

  /** How its last line in OUT ended, see {@link RowStatuses}. */
  short end(int row) {
    return ends[row];
  }

  /** The row is to be run again although it has a line. */
  void reopen(int row) {
    ends[row] = RowStatuses.OPEN;
  }

  /** Where its last line in OUT begins, or -1. */
  long place(int row) {
    return places[row];
  }

  /** A line was written, or found: it is the row's last from now on. */
  void place(int row, long offset, short end) {
    if (places[row] >= 0) {
      supersede(places[row]);
    }
    places[row] = offset;
    ends[row] = end;
  }

  /** The line that begins there does not count any more. */
  void supersede(long offset) {
    if (supersededCount == superseded.length) {
      superseded = Arrays.copyOf(superseded, supersededCount * 2);
    }
    superseded[supersededCount++] = offset;
  }

  /** Where the lines begin that do not count any more, in order. */
  long[] superseded() {
    long[] sorted = Arrays.copyOf(superseded, supersededCount);
    Arrays.sort(sorted);
    return sorted;
  }

  /** As if OUT had never been read. */
  void clear() {
    Arrays.fill(slots, 0);
    Arrays.fill(lines, 0);
    Arrays.fill(ends, RowStatuses.OPEN);
    size = 0;
    supersededCount = 0;
  }
}
