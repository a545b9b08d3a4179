package dev.synthlab.external;

import java.util.Iterator;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The pages of a long answer, fetched one after the other as they are asked for. Each turn through
 * them begins anew. Bounded: more pages than allowed, and a page that leads back to one that was
 * there, are {@link ApiException.Unreadable}. For one thread.
 *
 * @param <P> what a page is
 */
public final class Pages<P> implements Iterable<P> {
  private static final int USUAL = 1_000;

  private final Turn<P> turn;
  private final int most;

  Pages(Turn<P> turn) {
    this(turn, USUAL);
  }

  private Pages(Turn<P> turn, int most) {
    this.turn = turn;
    this.most = most;
  }

  /** Begins a turn through the pages. */
  @FunctionalInterface
  interface Turn<P> {
    Iterator<P> begin(int most);
  }

  /**
   * The same pages with another bound.
   *
   * @param pages the most there may be, else 1,000
   * @return new pages
   */
  public Pages<P> atMost(int pages) {
    if (pages < 1) {
      throw new IllegalArgumentException("pages must be at least 1, was " + pages);
    }
    return new Pages<>(turn, pages);
  }

  @Override
  public Iterator<P> iterator() {
    return turn.begin(most);
  }

  /**
   * The pages as a stream.
   *
   * @return lazy; each page is fetched when it is needed
   */
  public Stream<P> stream() {
    return StreamSupport.stream(spliterator(), false);
  }

  /**
   * What the pages hold, one after the other.
   *
   * @param items of a page
   * @param <T> what they are
   * @return lazy; each page is fetched when it is needed
   */
  public <T> Stream<T> items(Function<P, ? extends Iterable<T>> items) {
    return stream().flatMap(page -> StreamSupport.stream(items.apply(page).spliterator(), false));
  }
}
