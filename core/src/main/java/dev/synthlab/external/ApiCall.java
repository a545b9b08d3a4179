package dev.synthlab.external;

import dev.synthlab.http.Body;
import dev.synthlab.http.BodyReader;
import dev.synthlab.http.Headers;
import dev.synthlab.http.Request.AddressPolicy;
import dev.synthlab.json.JsonCodec;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One call of a service: configured first, then executed by the method that names the form of its
 * response ({@code as}, {@code listOf}, {@code download} ...). Each such method executes a call of
 * its own. For one thread.
 */
public final class ApiCall {
  private static final Duration TRANSFER_DEADLINE = Duration.ofHours(1);
  private static final long MAX_DOWNLOAD_BYTES = 1L << 40;
  private static final long MIN_UPLOAD_BYTES_PER_SECOND = 64 * 1024;

  private final ApiContext context;
  private final RequestTarget target;
  private final List<Parameter> query = new ArrayList<>();
  private Headers headers;
  private Body body = Body.empty();
  private @Nullable Duration deadline;
  private @Nullable Duration timeout;
  private long maxBytes = -1;
  private boolean publicOnly;
  private String sha256 = "";

  ApiCall(ApiContext context, RequestTarget target) {
    this.context = context;
    this.target = target;
    this.headers = context.service().headers();
  }

  private record Parameter(String name, String value) {
    @Override
    public String toString() {
      return Uris.encode(name) + "=" + Uris.encode(value);
    }
  }

  /**
   * Adds a header.
   *
   * @param name of the header
   * @param value visible ASCII
   * @return this
   */
  public ApiCall header(String name, String value) {
    headers = headers.with(name, value);
    return this;
  }

  /**
   * Adds a query parameter.
   *
   * @param name of the parameter
   * @param value sent as text; an empty {@link Optional} adds nothing, a collection adds one
   *     parameter per element
   * @return this
   */
  public ApiCall query(String name, Object value) {
    switch (value) {
      case Optional<?> maybe -> maybe.ifPresent(each -> query(name, each));
      case Iterable<?> many -> many.forEach(each -> query(name, each));
      default -> query.add(new Parameter(name, value.toString()));
    }
    return this;
  }

  /**
   * Sets an idempotency key, so that the call may be retried whatever its method.
   *
   * @param key the same for the same operation
   * @return this
   */
  public ApiCall idempotencyKey(String key) {
    return header("Idempotency-Key", key);
  }

  /**
   * Sets a random idempotency key, so that the call may be retried whatever its method.
   *
   * @return this
   */
  public ApiCall idempotencyKey() {
    return idempotencyKey(UUID.randomUUID().toString());
  }

  /**
   * Sets a JSON body.
   *
   * @param value a record, a map, a list, ...
   * @return this
   */
  public ApiCall json(Object value) {
    return body(Body.json(JsonCodec.written(value)));
  }

  /**
   * Sets a body of form fields.
   *
   * @param fields names and values
   * @return this
   */
  public ApiCall form(Map<String, String> fields) {
    String text =
        fields.entrySet().stream()
            .map(f -> Uris.encode(f.getKey()) + "=" + Uris.encode(f.getValue()))
            .collect(Collectors.joining("&"));
    return body(
        new Body.Bytes(text.getBytes(StandardCharsets.UTF_8), "application/x-www-form-urlencoded"));
  }

  /**
   * Sets a file as the body; it is read again for each attempt.
   *
   * @param path the file
   * @param contentType its media type
   * @return this
   */
  public ApiCall file(Path path, String contentType) {
    return body(Multipart.file(path, contentType));
  }

  /**
   * Sets a multipart body, which may contain files.
   *
   * @param parts the parts
   * @return this
   */
  public ApiCall multipart(Multipart parts) {
    return body(parts.body());
  }

  /**
   * Sets the body.
   *
   * @param bytes the body; a {@link Body.Once} cannot be retried
   * @return this
   */
  public ApiCall body(Body bytes) {
    body = Objects.requireNonNull(bytes);
    return this;
  }

  /**
   * Sets the deadline of the whole call, attempts and pauses included.
   *
   * @param limit positive
   * @return this
   */
  public ApiCall deadline(Duration limit) {
    deadline = limit;
    return this;
  }

  /**
   * Sets the timeout of one attempt, in place of the service's.
   *
   * @param limit positive
   * @return this
   */
  public ApiCall timeout(Duration limit) {
    timeout = limit;
    return this;
  }

  /**
   * Sets the maximum size of the response body.
   *
   * @param bytes the maximum
   * @return this
   */
  public ApiCall maxBytes(long bytes) {
    maxBytes = bytes;
    return this;
  }

  /**
   * Restricts the call to addresses of the public internet, unless they are the service's own.
   *
   * @return this
   */
  public ApiCall publicOnly() {
    publicOnly = true;
    return this;
  }

  /**
   * Sets the expected checksum of {@link #downloadTo}.
   *
   * @param hexadecimal the SHA-256 of the file
   * @return this
   */
  public ApiCall sha256(String hexadecimal) {
    sha256 = hexadecimal;
    return this;
  }

  /**
   * Executes the call and reads the JSON response. Unknown fields are ignored.
   *
   * @param type a record, an array of records, a map, ...
   * @param <T> the type
   * @return the response
   * @throws ApiException if the service responds with an error
   * @throws dev.synthlab.call.CallException if there is no usable response
   */
  public <T> T as(Class<T> type) {
    return execute(json(JsonCodec.of(type)));
  }

  /**
   * Executes the call and reads the JSON response; 404 and 410 become empty.
   *
   * @param type a record, an array of records, a map, ...
   * @param <T> the type
   * @return the response; empty for 404 and 410
   * @throws ApiException if the service responds with an error
   * @throws dev.synthlab.call.CallException if there is no usable response
   */
  public <T> Optional<T> asOptional(Class<T> type) {
    try {
      return Optional.of(executeUnmapped(json(JsonCodec.of(type))));
    } catch (ApiException.NotFound none) {
      return Optional.empty();
    } catch (ApiException e) {
      throw context.mapped(e);
    }
  }

  /**
   * Executes the call and reads a JSON array.
   *
   * @param type of an element
   * @param <T> the type
   * @return the response
   * @throws ApiException if the service responds with an error
   * @throws dev.synthlab.call.CallException if there is no usable response
   */
  public <T> List<T> listOf(Class<T> type) {
    return execute(json(JsonCodec.listOf(type)));
  }

  /**
   * Executes the call and reads the response as text.
   *
   * @return decoded as UTF-8; invalid bytes are replaced
   * @throws ApiException if the service responds with an error
   * @throws dev.synthlab.call.CallException if there is no usable response
   */
  public String asText() {
    return response().text();
  }

  /**
   * Executes the call and reads the response as bytes.
   *
   * @return the bytes
   * @throws ApiException if the service responds with an error
   * @throws dev.synthlab.call.CallException if there is no usable response
   */
  public byte[] asBytes() {
    return response().bytes();
  }

  /**
   * Executes the call and reads the response with its headers; 304 is a response too.
   *
   * @return status, headers and bytes
   * @throws ApiException if the service responds with an error
   * @throws dev.synthlab.call.CallException if there is no usable response
   */
  public ApiResponse response() {
    return execute(new ResponseReaders.Buffered(maxBufferedBytes()));
  }

  /**
   * Executes the call and ignores the response body.
   *
   * @throws ApiException if the service responds with an error
   * @throws dev.synthlab.call.CallException if there is no usable response
   */
  public void send() {
    response();
  }

  /**
   * Executes the call and streams the response body. The timeout bounds the wait for the headers,
   * and then each wait for data.
   *
   * @return the open body; the caller closes it
   * @throws ApiException if the service responds with an error
   * @throws dev.synthlab.call.CallException if there is no usable response
   */
  public Download download() {
    return execute(new ResponseReaders.Streaming(maxDownloadBytes()));
  }

  /**
   * Executes the call and writes the response body to a file, completely or not at all. The file is
   * readable by its owner only and replaces an existing one.
   *
   * @param path the file; its directory must exist
   * @return the written file
   * @throws java.io.UncheckedIOException when the file cannot be written
   * @throws ApiException if the service responds with an error
   * @throws dev.synthlab.call.CallException if there is no usable response
   */
  public Download.Saved downloadTo(Path path) {
    return execute(new ResponseReaders.ToFile(path, maxDownloadBytes(), sha256));
  }

  /**
   * The pages of a response that name the next page in a {@code Link} header (RFC 8288).
   *
   * @param type of a page
   * @param <P> the type
   * @return pages that are fetched on demand
   */
  public <P> Pages<P> pagesByLink(Class<P> type) {
    return Pages.of(this, type, (call, page, headers) -> call.followLink(headers));
  }

  /**
   * The pages of a response that contain the cursor of the next page.
   *
   * @param parameter the query parameter of the cursor
   * @param type of a page
   * @param cursor reads the cursor of a page; empty for the last page
   * @param <P> the type
   * @return pages that are fetched on demand
   */
  public <P> Pages<P> pagesByCursor(
      String parameter, Class<P> type, Function<P, Optional<String>> cursor) {
    return Pages.of(
        this,
        type,
        (call, page, headers) -> cursor.apply(page).map(found -> call.withQuery(parameter, found)));
  }

  /**
   * The pages of a response, numbered from 1.
   *
   * @param parameter the query parameter of the number
   * @param type of a page
   * @param more whether another page follows
   * @param <P> the type
   * @return pages that are fetched on demand
   */
  public <P> Pages<P> pagesByNumber(String parameter, Class<P> type, Predicate<P> more) {
    return Pages.of(
        withQuery(parameter, "1"),
        type,
        (call, page, headers) ->
            more.test(page)
                ? Optional.of(call.withQuery(parameter, call.nextPageNumber(parameter)))
                : Optional.empty());
  }

  /** The URL, without the key. */
  URI address() {
    String parameters = query.stream().map(Parameter::toString).collect(Collectors.joining("&"));
    return Uris.withQuery(target.address(), parameters);
  }

  <T> ResponseReader<T> json(JsonCodec<T> codec) {
    int limit = maxBufferedBytes();
    if (headers.first("accept").isEmpty()) {
      header("Accept", "application/json");
    }
    return answer -> {
      try (var open = answer.body()) {
        return codec.read(BodyReader.whole(open, limit));
      }
    };
  }

  <T> T execute(ResponseReader<T> reader) {
    try {
      return executeUnmapped(reader);
    } catch (ApiException e) {
      throw context.mapped(e);
    }
  }

  private <T> T executeUnmapped(ResponseReader<T> reader) {
    boolean own = target.ownership() == RequestTarget.Ownership.OWN;
    boolean restricted = !own && (publicOnly || context.service().publicAddressesOnly());
    UnsignedRequest request =
        new UnsignedRequest(
            target.withAddress(address()),
            headers,
            body,
            restricted ? AddressPolicy.PUBLIC_ONLY : AddressPolicy.ANYWHERE);
    boolean transfer = reader.transfers() || !(body instanceof Body.Bytes);
    Duration whole =
        Optional.ofNullable(deadline)
            .orElse(transfer ? TRANSFER_DEADLINE : context.settings().callDeadline());
    return new ApiCallExecution(context, request, publicOnly, attemptTimeout(whole), whole)
        .execute(reader);
  }

  /** The timeout of an attempt, longer for a large body. */
  private Duration attemptTimeout(Duration whole) {
    Duration byDefault = context.settings().timeout();
    if (timeout != null) {
      return timeout;
    }
    return switch (body) {
      case Body.Bytes small -> byDefault;
      case Body.Replayable file ->
          byDefault.plusSeconds(file.length() / MIN_UPLOAD_BYTES_PER_SECOND);
      case Body.Once stream -> whole;
      case Body.Generated generated -> whole;
    };
  }

  private int maxBufferedBytes() {
    return maxBytes < 0 ? BodyReader.MAX_BYTES : (int) Math.min(maxBytes, BodyReader.MAX_BYTES);
  }

  private long maxDownloadBytes() {
    return maxBytes < 0 ? MAX_DOWNLOAD_BYTES : maxBytes;
  }

  private ApiCall withQuery(String name, String value) {
    ApiCall copy = copy(target);
    copy.query.addAll(query.stream().filter(each -> !each.name().equals(name)).toList());
    copy.query.add(new Parameter(name, value));
    return copy;
  }

  private String nextPageNumber(String parameter) {
    return query.stream()
        .filter(each -> each.name().equals(parameter))
        .map(each -> Integer.toString(Integer.parseInt(each.value()) + 1))
        .findFirst()
        .orElseThrow();
  }

  /** The call of the link with {@code rel=next}; its query is in the link. */
  private Optional<ApiCall> followLink(Headers answer) {
    return LinkHeader.next(answer)
        .flatMap(link -> Uris.resolve(address(), link))
        .map(to -> copy(target.withAddress(to)));
  }

  private ApiCall copy(RequestTarget to) {
    ApiCall copy = new ApiCall(context, to);
    copy.headers = headers;
    copy.body = body;
    copy.deadline = deadline;
    copy.timeout = timeout;
    copy.maxBytes = maxBytes;
    copy.publicOnly = publicOnly;
    return copy;
  }
}
