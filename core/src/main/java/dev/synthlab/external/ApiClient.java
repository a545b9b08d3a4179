package dev.synthlab.external;

import java.net.URI;
import java.util.Objects;
import java.util.function.Function;

/**
 * The base that every {@code {Service}Client} stands on: HTTP to one service outside, by the one
 * loop that waits, repeats and gives up. A client of a service holds one and gives its operations
 * names and types. Safe for use by many threads.
 *
 * <p>A call fails with an {@link ApiException} for what the service says, and with a {@link
 * dev.synthlab.call.CallException} for what can happen to any call.
 */
public final class ApiClient implements AutoCloseable {
  private final ApiContext context;

  ApiClient(ApiContext context) {
    this.context = context;
  }

  /**
   * Puts a client together.
   *
   * @param service whom it calls
   * @return a builder
   */
  public static ApiClientBuilder builder(ApiService service) {
    return new ApiClientBuilder(service);
  }

  /**
   * The same client, which throws exceptions of its own for what the service says.
   *
   * @param hook makes the exception that is thrown in place of the given one, or gives it back
   * @return a new client over the same traffic
   */
  public ApiClient withErrorMapper(Function<ApiException, ? extends RuntimeException> hook) {
    return new ApiClient(context.failing(Objects.requireNonNull(hook)::apply));
  }

  /**
   * Whom it calls.
   *
   * @return the service
   */
  public ApiService service() {
    return context.service();
  }

  /**
   * A GET.
   *
   * @param path below the base address, with {@code {names}} in place of what changes
   * @param values take the places of the names in turn, percent-encoded
   * @return a call to be filled and made
   */
  public ApiCall get(String path, Object... values) {
    return call("GET", path, values);
  }

  /**
   * A HEAD.
   *
   * @param path below the base address, with {@code {names}} in place of what changes
   * @param values take the places of the names in turn, percent-encoded
   * @return a call to be filled and made
   */
  public ApiCall head(String path, Object... values) {
    return call("HEAD", path, values);
  }

  /**
   * A POST; sent again only if the service certainly has not acted on it, or with an idempotency
   * key.
   *
   * @param path below the base address, with {@code {names}} in place of what changes
   * @param values take the places of the names in turn, percent-encoded
   * @return a call to be filled and made
   */
  public ApiCall post(String path, Object... values) {
    return call("POST", path, values);
  }

  /**
   * A PUT.
   *
   * @param path below the base address, with {@code {names}} in place of what changes
   * @param values take the places of the names in turn, percent-encoded
   * @return a call to be filled and made
   */
  public ApiCall put(String path, Object... values) {
    return call("PUT", path, values);
  }

  /**
   * A PATCH; sent again as a POST is.
   *
   * @param path below the base address, with {@code {names}} in place of what changes
   * @param values take the places of the names in turn, percent-encoded
   * @return a call to be filled and made
   */
  public ApiCall patch(String path, Object... values) {
    return call("PATCH", path, values);
  }

  /**
   * A DELETE.
   *
   * @param path below the base address, with {@code {names}} in place of what changes
   * @param values take the places of the names in turn, percent-encoded
   * @return a call to be filled and made
   */
  public ApiCall delete(String path, Object... values) {
    return call("DELETE", path, values);
  }

  /**
   * A request of any method.
   *
   * @param method in capitals
   * @param path below the base address, with {@code {names}} in place of what changes
   * @param values take the places of the names in turn, percent-encoded
   * @return a call to be filled and made
   */
  public ApiCall call(String method, String path, Object... values) {
    URI address = Uris.expanded(context.settings().baseUrl(), path, values);
    return new ApiCall(
        context, new RequestTarget(method, address, path, RequestTarget.Ownership.OWN));
  }

  /**
   * A GET of an address that came from outside. No key goes with it, wherever it leads; a guarded
   * client, or {@link ApiCall#publicOnly()}, lets it lead to public addresses only.
   *
   * @param address of http or https
   * @return a call to be filled and made
   */
  public ApiCall get(URI address) {
    return call("GET", address);
  }

  /**
   * A request to an address that came from outside, as {@link #get(URI)}.
   *
   * @param method in capitals
   * @param address of http or https
   * @return a call to be filled and made
   */
  public ApiCall call(String method, URI address) {
    URI checked = Uris.outside(address);
    return new ApiCall(
        context, new RequestTarget(method, checked, "", RequestTarget.Ownership.OUTSIDE));
  }

  /** Makes no calls from now on; what is under way ends as it would. */
  @Override
  public void close() {
    context.close();
  }
}
