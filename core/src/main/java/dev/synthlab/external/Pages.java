package dev.synthlab.external;

import dev.synthlab.http.Headers;
import dev.synthlab.json.JsonCodec;
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
 * The pages of a paginated response, fetched on demand. Each iteration starts with the first page.
 * More pages than the maximum, and a page that links back to an earlier one, throw {@link
 * ApiException.InvalidResponse}. For one thread.
 *
 * @param <P> the type of a page
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

  /** Finds the call of the next page. */
  @FunctionalInterface
  interface NextPage<P> {
    Optional<ApiCall> after(ApiCall call, P page, Headers headers);
  }

  /**
   * A copy with another maximum number of pages.
   *
   * @param pages at least 1; the default is 1,000
   * @return the copy
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
   * @return a lazy stream; each page is fetched when it is needed
   */
  public Stream<P> stream() {
    return StreamSupport.stream(spliterator(), false);
  }

  /**
   * The items of all pages.
   *
   * @param items the items of a page
   * @param <T> the type of an item
   * @return a lazy stream; each page is fetched when it is needed
   */
  public <T> Stream<T> items(Function<P, ? extends Iterable<T>> items) {
    return stream().flatMap(page -> StreamSupport.stream(items.apply(page).spliterator(), false));
  }

  /** A page and the call of the next page. */
  private record Page<P>(P page, Optional<ApiCall> next) {}

  /** One iteration over the pages. */
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
      Page<P> current = call.execute(answer -> page(call, page.read(answer), answer.headers()));
      next = current.next();
      return current.page();
    }

    private Page<P> page(ApiCall call, P page, Headers headers)
        throws JsonCodec.UnreadableException {
      visited.add(call.address());
      Optional<ApiCall> following = nextPage.after(call, page, headers);
      if (following.isPresent()) {
        URI address = following.get().address();
        if (visited.contains(address)) {
          throw invalid("the pages are circular: the next page is one that was read before");
        }
        if (!Uris.sameOrigin(address, call.address())) {
          throw invalid("the next page is on another server, " + Uris.origin(address));
        }
        if (visited.size() == maxPages) {
          throw invalid(
              "there are more than " + maxPages + " pages; raise the maximum with withMaxPages");
        }
      }
      return new Page<>(page, following);
    }

    private static JsonCodec.UnreadableException invalid(String reason) {
      return new JsonCodec.UnreadableException(reason, false, new byte[0]);
    }
  }
}
