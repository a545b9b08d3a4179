package dev.synthlab.external;

import dev.synthlab.http.Body;
import dev.synthlab.http.BodyReader;
import dev.synthlab.http.Headers;
import dev.synthlab.http.Request.AddressPolicy;
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
 * One call of a service: filled first, then made by the method that says what its answer is. Each
 * of those makes a call of its own. For one thread.
 */
public final class ApiCall {
  private static final Duration TRANSFER = Duration.ofHours(1);
  private static final long MAX_DOWNLOAD = 1L << 40;
  private static final long UPLOAD_BYTES_A_SECOND = 64 * 1024;

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
      return Uris.encoded(name) + "=" + Uris.encoded(value);
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
   * Adds a parameter to the query.
   *
   * @param name of the parameter
   * @param value its text form is sent; an empty {@link Optional} adds nothing, the members of a
   *     collection one parameter each
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
   * Lets the call be sent again whatever its method: the service does for one key a thing once.
   *
   * @param key the same for what is the same to the caller
   * @return this
   */
  public ApiCall idempotencyKey(String key) {
    return header("Idempotency-Key", key);
  }

  /**
   * Lets the call be sent again whatever its method, by a key that is made for this call.
   *
   * @return this
   */
  public ApiCall idempotencyKey() {
    return idempotencyKey(UUID.randomUUID().toString());
  }

  /**
   * Sends JSON.
   *
   * @param value a record, a map, a list, ...
   * @return this
   */
  public ApiCall json(Object value) {
    return body(Body.json(JsonCodec.written(value)));
  }

  /**
   * Sends the fields of a form.
   *
   * @param fields names and values
   * @return this
   */
  public ApiCall form(Map<String, String> fields) {
    String text =
        fields.entrySet().stream()
            .map(f -> Uris.encoded(f.getKey()) + "=" + Uris.encoded(f.getValue()))
            .collect(Collectors.joining("&"));
    return body(
        new Body.Bytes(text.getBytes(StandardCharsets.UTF_8), "application/x-www-form-urlencoded"));
  }

  /**
   * Sends a file, read anew for each attempt.
   *
   * @param path the file
   * @param contentType its media type
   * @return this
   */
  public ApiCall file(Path path, String contentType) {
    return body(Multipart.file(path, contentType));
  }

  /**
   * Sends a form of several parts, files among them.
   *
   * @param parts the parts
   * @return this
   */
  public ApiCall multipart(Multipart parts) {
    return body(parts.body());
  }

  /**
   * Sends any bytes.
   *
   * @param bytes what is sent; with a {@link Body.Once} the call is not sent again
   * @return this
   */
  public ApiCall body(Body bytes) {
    body = Objects.requireNonNull(bytes);
    return this;
  }

  /**
   * Bounds the whole call, attempts and pauses included.
   *
   * @param limit positive
   * @return this
   */
  public ApiCall deadline(Duration limit) {
    deadline = limit;
    return this;
  }

  /**
   * Bounds one attempt, in place of the time of the service.
   *
   * @param limit positive
   * @return this
   */
  public ApiCall timeout(Duration limit) {
    timeout = limit;
    return this;
  }

  /**
   * Bounds the body of the answer.
   *
   * @param bytes the most there may be
   * @return this
   */
  public ApiCall maxBytes(long bytes) {
    maxBytes = bytes;
    return this;
  }

  /**
   * Lets the call lead to addresses of the public internet only, if it is to another server than
   * the service's own.
   *
   * @return this
   */
  public ApiCall publicOnly() {
    publicOnly = true;
    return this;
  }

  /**
   * Says which bytes a download must bring.
   *
   * @param hexadecimal the SHA-256 of them
   * @return this
   */
  public ApiCall sha256(String hexadecimal) {
    sha256 = hexadecimal;
    return this;
  }

  /**
   * Makes the call and reads the JSON of its answer. Fields that the type does not have are passed
   * over.
   *
   * @param type a record, an array of records, a map, ...
   * @param <T> the type
   * @return the answer
   * @throws ApiException what the service said instead
   * @throws dev.synthlab.call.CallException what kept the call from its answer
   */
  public <T> T as(Class<T> type) {
    return made(json(JsonCodec.of(type)));
  }

  /**
   * Makes the call and reads the JSON of its answer, if there is such a thing.
   *
   * @param type a record, an array of records, a map, ...
   * @param <T> the type
   * @return empty when the service says that there is none (404, 410)
   * @throws ApiException what the service said instead
   * @throws dev.synthlab.call.CallException what kept the call from its answer
   */
  public <T> Optional<T> asOptional(Class<T> type) {
    try {
      return Optional.of(raw(json(JsonCodec.of(type))));
    } catch (ApiException.NotFound none) {
      return Optional.empty();
    } catch (ApiException e) {
      throw context.thrown(e);
    }
  }

  /**
   * Makes the call and reads the JSON array of its answer.
   *
   * @param type of each member
   * @param <T> the type
   * @return the answer
   * @throws ApiException what the service said instead
   * @throws dev.synthlab.call.CallException what kept the call from its answer
   */
  public <T> List<T> listOf(Class<T> type) {
    return made(json(JsonCodec.listOf(type)));
  }

  /**
   * Makes the call and takes its answer as text.
   *
   * @return UTF-8, what is none replaced
   * @throws ApiException what the service said instead
   * @throws dev.synthlab.call.CallException what kept the call from its answer
   */
  public String asText() {
    return answer().text();
  }

  /**
   * Makes the call and takes its answer as it is.
   *
   * @return the bytes
   * @throws ApiException what the service said instead
   * @throws dev.synthlab.call.CallException what kept the call from its answer
   */
  public byte[] asBytes() {
    return answer().bytes();
  }

  /**
   * Makes the call and takes its answer with its headers; 304 is one, too.
   *
   * @return status, headers and bytes
   * @throws ApiException what the service said instead
   * @throws dev.synthlab.call.CallException what kept the call from its answer
   */
  public ApiResponse answer() {
    return made(new ResponseReaders.Buffered(limit()));
  }

  /**
   * Makes the call and passes over the body of its answer.
   *
   * @throws ApiException what the service said instead
   * @throws dev.synthlab.call.CallException what kept the call from its answer
   */
  public void send() {
    answer();
  }

  /**
   * Makes the call and hands its answer on as it comes. The time of an attempt bounds the wait for
   * its head, and then each silence.
   *
   * @return open; the caller closes it
   * @throws ApiException what the service said instead
   * @throws dev.synthlab.call.CallException what kept the call from its answer
   */
  public Download download() {
    return made(new ResponseReaders.Streaming(largest()));
  }

  /**
   * Makes the call and writes its answer to a file: whole, or not at all. The file is readable by
   * its owner only and takes the place of an older one.
   *
   * @param path the file; its directory must exist
   * @return what was written
   * @throws java.io.UncheckedIOException when the file cannot be written
   * @throws ApiException what the service said instead
   * @throws dev.synthlab.call.CallException what kept the call from its answer
   */
  public Download.Saved downloadTo(Path path) {
    return made(new ResponseReaders.ToFile(path, largest(), sha256));
  }

  /**
   * The pages of an answer, each of which names the next in its {@code Link} header (RFC 8288).
   *
   * @param type of a page
   * @param <P> the type
   * @return pages that are fetched as they are asked for
   */
  public <P> Pages<P> pagesByLink(Class<P> type) {
    return Pages.of(this, type, (call, page, headers) -> call.linked(headers));
  }

  /**
   * The pages of an answer, each of which holds the cursor of the next.
   *
   * @param parameter of the query that takes the cursor
   * @param type of a page
   * @param cursor finds it in a page; empty in the last one
   * @param <P> the type
   * @return pages that are fetched as they are asked for
   */
  public <P> Pages<P> pagesByCursor(
      String parameter, Class<P> type, Function<P, Optional<String>> cursor) {
    return Pages.of(
        this,
        type,
        (call, page, headers) -> cursor.apply(page).map(found -> call.replaced(parameter, found)));
  }

  /**
   * The pages of an answer, by their numbers from 1.
   *
   * @param parameter of the query that takes the number
   * @param type of a page
   * @param more whether another page follows
   * @param <P> the type
   * @return pages that are fetched as they are asked for
   */
  public <P> Pages<P> pagesByNumber(String parameter, Class<P> type, Predicate<P> more) {
    return Pages.of(
        replaced(parameter, "1"),
        type,
        (call, page, headers) ->
            more.test(page)
                ? Optional.of(call.replaced(parameter, call.following(parameter)))
                : Optional.empty());
  }

  /** Where it goes, without what is secret. */
  URI address() {
    String parameters = query.stream().map(Parameter::toString).collect(Collectors.joining("&"));
    return Uris.withQuery(target.address(), parameters);
  }

  <T> ResponseReader<T> json(JsonCodec.JsonType<T> type) {
    int limit = limit();
    if (headers.first("accept").isEmpty()) {
      header("Accept", "application/json");
    }
    return answer -> {
      try (var open = answer.body()) {
        return JsonCodec.read(BodyReader.whole(open, limit), type);
      }
    };
  }

  <T> T made(ResponseReader<T> reading) {
    try {
      return raw(reading);
    } catch (ApiException e) {
      throw context.thrown(e);
    }
  }

  private <T> T raw(ResponseReader<T> reading) {
    boolean own = target.trust() == RequestTarget.Ownership.OWN;
    boolean strangers = !own && (publicOnly || context.service().publicAddressesOnly());
    UnsignedRequest outgoing =
        new UnsignedRequest(
            target.at(address()),
            headers,
            body,
            strangers ? AddressPolicy.PUBLIC_ONLY : AddressPolicy.ANYWHERE);
    boolean transfer = reading.transfers() || !(body instanceof Body.Bytes);
    Duration whole =
        Optional.ofNullable(deadline)
            .orElse(transfer ? TRANSFER : context.settings().callDeadline());
    return new ApiCallExecution(context, outgoing, publicOnly, attempt(whole), whole).made(reading);
  }

  /** A large body takes its time on the way out. */
  private Duration attempt(Duration whole) {
    Duration byDefault = context.settings().timeout();
    if (timeout != null) {
      return timeout;
    }
    return switch (body) {
      case Body.Bytes small -> byDefault;
      case Body.Replayable file -> byDefault.plusSeconds(file.length() / UPLOAD_BYTES_A_SECOND);
      case Body.Once stream -> whole;
    };
  }

  private int limit() {
    return maxBytes < 0 ? BodyReader.MAX_BYTES : (int) Math.min(maxBytes, BodyReader.MAX_BYTES);
  }

  private long largest() {
    return maxBytes < 0 ? MAX_DOWNLOAD : maxBytes;
  }

  private ApiCall replaced(String name, String value) {
    ApiCall copy = copied(target);
    copy.query.addAll(query.stream().filter(each -> !each.name().equals(name)).toList());
    copy.query.add(new Parameter(name, value));
    return copy;
  }

  private String following(String parameter) {
    return query.stream()
        .filter(each -> each.name().equals(parameter))
        .map(each -> Integer.toString(Integer.parseInt(each.value()) + 1))
        .findFirst()
        .orElseThrow();
  }

  /** The call that the answer's header names as the next; its query is in the link. */
  private Optional<ApiCall> linked(Headers answer) {
    return LinkHeader.next(answer)
        .flatMap(link -> Uris.resolved(address(), link))
        .map(to -> copied(target.at(to)));
  }

  private ApiCall copied(RequestTarget to) {
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
