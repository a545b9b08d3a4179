package dev.synthlab.batch;

import java.util.Arrays;

/** Detects the delimiter of a CSV file in its first records. */
final class InputCsvDelimiter {
  private static final byte[] CANDIDATES = {',', ';', '\t', '|'};
  private static final int RECORDS = 20;

  private InputCsvDelimiter() {}

  /**
   * The separator that every record has equally often, the comma before others; else the one that
   * the header has, the comma before others.
   *
   * @param text the beginning of the file, its header first
   * @param whole whether the file ends where {@code text} does
   */
  static byte find(byte[] text, int from, int to, boolean whole) {
    int[][] counts = counts(text, from, to, whole);
    byte best = 0;
    int fields = 0;
    for (int i = 0; i < CANDIDATES.length; i++) {
      if (counts[0][i] > fields && same(counts, i) && best != ',') {
        best = CANDIDATES[i];
        fields = counts[0][i];
      }
    }
    for (int i = 0; best == 0 && i < CANDIDATES.length; i++) {
      best = counts[0][i] > 0 ? CANDIDATES[i] : 0;
    }
    return best == 0 ? (byte) ',' : best;
  }

  private static boolean same(int[][] counts, int candidate) {
    for (int[] record : counts) {
      if (record[candidate] != counts[0][candidate]) {
        return false;
      }
    }
    return true;
  }

  /** How often each candidate stands outside of quotes, for each record that is not empty. */
  private static int[][] counts(byte[] text, int from, int to, boolean whole) {
    int[][] counts = new int[RECORDS][];
    int records = 0;
    int[] now = new int[CANDIDATES.length];
    boolean quoted = false;
    int start = from;
    for (int at = from; at < to && records < RECORDS; at++) {
      byte b = text[at];
      if (b == '"') {
        quoted = !quoted;
      } else if (!quoted && (b == '\n' || b == '\r')) {
        if (at > start) {
          counts[records++] = now;
          now = new int[CANDIDATES.length];
        }
        start = at + 1;
      } else if (!quoted) {
        count(b, now);
      }
    }
    boolean last = records < RECORDS && start < to && (whole || records == 0);
    if (last || records == 0) {
      counts[records++] = now;
    }
    return Arrays.copyOf(counts, records);
  }

  private static void count(byte b, int[] counts) {
    for (int i = 0; i < CANDIDATES.length; i++) {
      counts[i] += b == CANDIDATES[i] ? 1 : 0;
    }
  }

  /**
   * What a spreadsheet writes as the first line, {@code sep=;}, says.
   *
   * @return the separator, or 0 when there is no such line
   */
  static byte said(byte[] text, int from, int to) {
    int at = from < to && text[from] == '"' ? from + 1 : from;
    byte[] sign = {'s', 'e', 'p', '='};
    for (int i = 0; i < sign.length; i++) {
      if (at + i >= to || (text[at + i] | 0x20) != (sign[i] | 0x20)) {
        return 0;
      }
    }
    int after = at + sign.length + 1 + (at - from);
    boolean alone = after >= to || text[after] == '\n' || text[after] == '\r';
    return alone && after <= to ? text[at + sign.length] : 0;
  }
}
