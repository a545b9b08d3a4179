package dev.synthlab.external;

import java.net.URI;
import java.util.Objects;
import java.util.function.Function;

/**
 * An HTTP client of one service, with timeouts, retries, rate limits and traces by the call loop. A
 * {@code {Service}Client} holds one and gives the operations of the service names and types. Safe
 * for use by many threads.
 *
 * <p>A call throws an {@link ApiException} for an error response of the service, and a {@link
 * dev.synthlab.call.CallException} for a failure that can happen to any call.
 */
public final class ApiClient implements AutoCloseable {
  private final ApiContext context;

  ApiClient(ApiContext context) {
    this.context = context;
  }

  /**
   * Builds a client.
   *
   * @param service the service that it calls
   * @return a builder
   */
  public static ApiClientBuilder builder(ApiService service) {
    return new ApiClientBuilder(service);
  }

  /**
   * A client that maps error responses to exceptions of its own.
   *
   * @param mapper returns the exception to throw in place of the given one, or the given one
   * @return a new client with the same transport and limits
   */
  public ApiClient withErrorMapper(Function<ApiException, ? extends RuntimeException> mapper) {
    return new ApiClient(context.withErrorMapper(Objects.requireNonNull(mapper)::apply));
  }

  /**
   * The service that it calls.
   *
   * @return the service
   */
  public ApiService service() {
    return context.service();
  }

  /**
   * A GET.
   *
   * @param path below the base URL, with {@code {placeholders}}
   * @param values of the placeholders in order; they are percent-encoded
   * @return a call to be configured and executed
   */
  public ApiCall get(String path, Object... values) {
    return call("GET", path, values);
  }

  /**
   * A HEAD.
   *
   * @param path below the base URL, with {@code {placeholders}}
   * @param values of the placeholders in order; they are percent-encoded
   * @return a call to be configured and executed
   */
  public ApiCall head(String path, Object... values) {
    return call("HEAD", path, values);
  }

  /**
   * A POST; retried only if the service certainly has not processed it, or with an idempotency key.
   *
   * @param path below the base URL, with {@code {placeholders}}
   * @param values of the placeholders in order; they are percent-encoded
   * @return a call to be configured and executed
   */
  public ApiCall post(String path, Object... values) {
    return call("POST", path, values);
  }

  /**
   * A PUT.
   *
   * @param path below the base URL, with {@code {placeholders}}
   * @param values of the placeholders in order; they are percent-encoded
   * @return a call to be configured and executed
   */
  public ApiCall put(String path, Object... values) {
    return call("PUT", path, values);
  }

  /**
   * A PATCH; retried like a POST.
   *
   * @param path below the base URL, with {@code {placeholders}}
   * @param values of the placeholders in order; they are percent-encoded
   * @return a call to be configured and executed
   */
  public ApiCall patch(String path, Object... values) {
    return call("PATCH", path, values);
  }

  /**
   * A DELETE.
   *
   * @param path below the base URL, with {@code {placeholders}}
   * @param values of the placeholders in order; they are percent-encoded
   * @return a call to be configured and executed
   */
  public ApiCall delete(String path, Object... values) {
    return call("DELETE", path, values);
  }

  /**
   * A request with any method.
   *
   * @param method in upper case
   * @param path below the base URL, with {@code {placeholders}}
   * @param values of the placeholders in order; they are percent-encoded
   * @return a call to be configured and executed
   */
  public ApiCall call(String method, String path, Object... values) {
    URI address = Uris.expand(context.settings().baseUrl(), path, values);
    return new ApiCall(
        context, new RequestTarget(method, address, path, RequestTarget.Ownership.OWN));
  }

  /**
   * A GET of an absolute URL, which may come from outside. The key is never sent with it. It can be
   * restricted to public addresses by {@link ApiService#withPublicAddressesOnly()} or {@link
   * ApiCall#publicOnly()}.
   *
   * @param address of http or https
   * @return a call to be configured and executed
   */
  public ApiCall get(URI address) {
    return call("GET", address);
  }

  /**
   * A request to an absolute URL, like {@link #get(URI)}.
   *
   * @param method in upper case
   * @param address of http or https
   * @return a call to be configured and executed
   */
  public ApiCall call(String method, URI address) {
    URI checked = Uris.requireHttp(address);
    return new ApiCall(
        context, new RequestTarget(method, checked, "", RequestTarget.Ownership.FOREIGN));
  }

  /**
   * Rejects new calls. Calls in flight are cancelled and never sent again, unless the client
   * belongs to a {@link dev.synthlab.Synthlab}, whose end cancels them.
   */
  @Override
  public void close() {
    context.close();
  }
}
