package dev.synthlab.external;

import dev.synthlab.http.Headers;
import java.net.URI;
import java.util.HashSet;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The pages of a long answer, fetched one after the other as they are asked for. Each turn through
 * them begins anew. Bounded: more pages than allowed, and a page that leads back to one that was
 * there, are {@link ApiException.InvalidResponse}. For one thread.
 *
 * @param <P> what a page is
 */
public final class Pages<P> implements Iterable<P> {
  private static final int DEFAULT_MAX_PAGES = 1_000;

  private final ApiCall first;
  private final Class<P> type;
  private final NextPage<P> nextPage;
  private final int maxPages;

  private Pages(ApiCall first, Class<P> type, NextPage<P> follow, int max) {
    this.first = first;
    this.type = type;
    this.nextPage = follow;
    this.maxPages = max;
  }

  static <P> Pages<P> of(ApiCall first, Class<P> type, NextPage<P> follow) {
    return new Pages<>(first, type, follow, DEFAULT_MAX_PAGES);
  }

  /** Finds the call of the page after one. */
  @FunctionalInterface
  interface NextPage<P> {
    Optional<ApiCall> after(ApiCall call, P page, Headers headers);
  }

  /**
   * The same pages with another bound.
   *
   * @param pages the most there may be, else 1,000
   * @return new pages
   */
  public Pages<P> withMaxPages(int pages) {
    if (pages < 1) {
      throw new IllegalArgumentException("pages must be at least 1, was " + pages);
    }
    return new Pages<>(first, type, nextPage, pages);
  }

  @Override
  public Iterator<P> iterator() {
    return new PageIterator();
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

  /** A page and the call of the next. */
  private record Page<P>(P page, Optional<ApiCall> next) {}

  /** One turn through the pages. */
  private final class PageIterator implements Iterator<P> {
    private final Set<URI> visited = new HashSet<>();
    private Optional<ApiCall> next = Optional.of(first);

    @Override
    public boolean hasNext() {
      return next.isPresent();
    }

    @Override
    public P next() {
      ApiCall call = next.orElseThrow(NoSuchElementException::new);
      ResponseReader<P> page = call.json(JsonCodec.of(type));
      Page<P> leaf = call.execute(answer -> page(call, page.read(answer), answer.headers()));
      next = leaf.next();
      return leaf.page();
    }

    private Page<P> page(ApiCall call, P page, Headers headers)
        throws JsonCodec.UnreadableException {
      visited.add(call.address());
      Optional<ApiCall> following = nextPage.after(call, page, headers);
      if (following.isPresent()) {
        URI address = following.get().address();
        if (visited.contains(address)) {
          throw invalid("the pages go in a circle: the next one was there before");
        }
        if (!Uris.sameOrigin(address, call.address())) {
          throw invalid("the next page is at another server, " + Uris.origin(address));
        }
        if (visited.size() == maxPages) {
          throw invalid("there are more than " + maxPages + " pages; allow more, or take fewer");
        }
      }
      return new Page<>(page, following);
    }

    private static JsonCodec.UnreadableException invalid(String reason) {
      return new JsonCodec.UnreadableException(reason, false, new byte[0]);
    }
  }
}
