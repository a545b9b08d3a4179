package dev.synthlab.logging;

import java.util.Arrays;
import java.util.Collection;

/** An Aho-Corasick automaton: finds all of many words in one pass over a text. Immutable. */
final class AhoCorasick {
  /** The state before the first character. */
  static final int START = 0;

  private static final int ASCII = 128;

  private int states = 1;
  private int[] fallback;
  private int[] depths;
  private int[] found;
  private long[] edges;
  private int[] targets;
  private final int[] first = new int[ASCII];
  private int max;

  AhoCorasick(Collection<String> words) {
    int max = 1 + words.stream().mapToInt(String::length).sum();
    fallback = new int[max];
    depths = new int[max];
    found = new int[max];
    edges = new long[Integer.highestOneBit(max) << 2];
    targets = new int[edges.length];
    int[] parents = new int[max];
    char[] letters = new char[max];
    words.forEach(word -> add(word, parents, letters));
    fallback = Arrays.copyOf(fallback, states);
    depths = Arrays.copyOf(depths, states);
    found = Arrays.copyOf(found, states);
    link(parents, letters);
  }

  /** The state after one more character. */
  int step(int state, char c) {
    int at = state;
    while (true) {
      int to = child(at, c);
      if (to != START || at == START) {
        return to;
      }
      at = fallback[at];
    }
  }

  /** How long the longest word is that ends in this state; 0 if none does. */
  int found(int state) {
    return found[state];
  }

  /** How many of the last characters may be the beginning of a word. */
  int open(int state) {
    return depths[state];
  }

  /** How long the longest word is. */
  int max() {
    return max;
  }

  private void add(String word, int[] parents, char[] letters) {
    int state = START;
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      int next = child(state, c);
      if (next == START) {
        next = states++;
        parents[next] = state;
        letters[next] = c;
        depths[next] = i + 1;
        connect(state, c, next);
      }
      state = next;
    }
    found[state] = word.length();
    max = Math.max(max, word.length());
  }

  /** From the shortest to the longest: the fallback of a state is the next shorter end of it. */
  private void link(int[] parents, char[] letters) {
    int[] byDepth = byDepth();
    for (int i = 1; i < states; i++) {
      int state = byDepth[i];
      int parent = parents[state];
      fallback[state] = parent == START ? START : step(fallback[parent], letters[state]);
      if (found[state] == 0) {
        found[state] = found[fallback[state]];
      }
    }
  }

  private int[] byDepth() {
    int[] begins = new int[max + 2];
    for (int state = 0; state < states; state++) {
      begins[depths[state] + 1]++;
    }
    for (int depth = 1; depth < begins.length; depth++) {
      begins[depth] += begins[depth - 1];
    }
    int[] sorted = new int[states];
    for (int state = 0; state < states; state++) {
      sorted[begins[depths[state]]++] = state;
    }
    return sorted;
  }

  private int child(int state, char c) {
    if (state == START && c < ASCII) {
      return first[c];
    }
    long edge = edge(state, c);
    for (int slot = slot(edge); edges[slot] != 0; slot = after(slot)) {
      if (edges[slot] == edge) {
        return targets[slot];
      }
    }
    return START;
  }

  private void connect(int state, char c, int target) {
    if (state == START && c < ASCII) {
      first[c] = target;
      return;
    }
    long edge = edge(state, c);
    int slot = slot(edge);
    while (edges[slot] != 0) {
      slot = after(slot);
    }
    edges[slot] = edge;
    targets[slot] = target;
  }

  /** Never 0, which is a free slot. */
  private static long edge(int state, char c) {
    return ((state + 1L) << Character.SIZE) | c;
  }

  private int slot(long edge) {
    long mixed = edge * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 32) & (edges.length - 1);
  }

  private int after(int slot) {
    return (slot + 1) & (edges.length - 1);
  }
}
