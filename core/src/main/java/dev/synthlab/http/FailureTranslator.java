package dev.synthlab.http;

import dev.synthlab.config.NetworkSettings;
import dev.synthlab.config.Variable;
import dev.synthlab.http.TransportException.Phase;
import dev.synthlab.logging.Redactor;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * A translator of OkHttp failures into exceptions that name the phase, the server and the proxy.
 *
 * @param request the request
 * @param network names the proxies
 */
record FailureTranslator(Request request, NetworkSettings network) {
  private static final String NO_TUNNEL = "Failed to authenticate with proxy";
  private static final String UNEXPECTED_407 = "Received HTTP_PROXY_AUTH (407)";
  private static final Pattern REFUSED =
      Pattern.compile("Unexpected response code for CONNECT: (\\d{3})");
  private static final Pattern NAMES = Pattern.compile("subjectAltNames: \\[(.*)]", Pattern.DOTALL);
  private static final Pattern SUBJECT = Pattern.compile("DN: (.*)");

  /** The phase that a call had reached when it failed. */
  static Phase phase(CallEventListener listener, IOException e) {
    if (forbidden(e).isPresent()) {
      return Phase.FORBIDDEN;
    }
    if (listener.lookupHost().isPresent() || e instanceof UnknownHostException) {
      return Phase.RESOLVE;
    }
    if (listener.inTlsHandshake() && e instanceof SSLException && !connectionLost(e)) {
      return Phase.TLS;
    }
    if (refusedByProxy(e)) {
      return Phase.PROXY;
    }
    return listener.connected() ? Phase.EXCHANGE : Phase.CONNECT;
  }

  TransportException of(CallEventListener listener, IOException e) {
    Phase phase = phase(listener, e);
    String message =
        switch (phase) {
          case RESOLVE -> lookupFailed(listener) + ": " + text(e);
          case CONNECT -> "no connection to " + target() + ": " + text(e);
          case TLS -> "no trusted connection to " + target() + ": " + tlsFailure(e);
          case PROXY -> proxyRefusal(e);
          case FORBIDDEN ->
              "nothing is sent to "
                  + target()
                  + ": "
                  + forbidden(e).map(FailureTranslator::text).orElse("");
          case EXCHANGE, BODY, TIMEOUT, CLOSED ->
              "the connection to " + target() + " broke before the answer: " + text(e);
        };
    boolean stale = listener.reused() && phase == Phase.EXCHANGE;
    return new TransportException(phase, stale, Redactor.redact(message), redacted(e));
  }

  TransportException timedOut(Duration within, IOException e) {
    String message = "no answer from " + target() + " within " + within.toMillis() + " ms";
    return new TransportException(Phase.TIMEOUT, false, message, e);
  }

  /** The proxy answered that it requires credentials. */
  TransportException proxyAuthenticationRequired() {
    IOException reason = new IOException(NO_TUNNEL);
    return new TransportException(Phase.PROXY, false, proxyRefusal(reason), reason);
  }

  /** The request may go to public addresses only, which cannot be checked behind a proxy. */
  TransportException proxyNotAllowed() {
    String message =
        "nothing is sent to "
            + target()
            + ": a request that may go to public addresses only cannot use a proxy;"
            + " name the host in "
            + Variable.NO_PROXY;
    return new TransportException(Phase.FORBIDDEN, false, message, new IOException("proxy"));
  }

  TransportException bodyFailed(IOException e) {
    String message = "the answer of " + target() + " broke off: " + text(e);
    return new TransportException(Phase.BODY, false, Redactor.redact(message), redacted(e));
  }

  /** The host and port of the server, and the proxy. */
  String target() {
    return server() + proxy().map(p -> " through the proxy " + p).orElse("");
  }

  private String server() {
    int port = request.uri().getPort();
    return request.uri().getHost() + (port < 0 ? "" : ":" + port);
  }

  private Optional<NetworkSettings.Proxy> proxy() {
    return network.proxyFor(request.uri());
  }

  private String lookupFailed(CallEventListener listener) {
    String host = listener.lookupHost().orElse(server());
    return proxy()
        .filter(p -> p.host().equals(host))
        .map(p -> "the name of the proxy " + p + " cannot be resolved")
        .orElse("the name of " + server() + " cannot be resolved");
  }

  private String proxyRefusal(IOException e) {
    Matcher status = REFUSED.matcher(text(e));
    if (status.find()) {
      return "the proxy %s refuses to connect to %s: it answered %s"
          .formatted(
              proxy().map(NetworkSettings.Proxy::toString).orElse(""), server(), status.group(1));
    }
    if (proxy().isEmpty()) {
      return "%s answered 407, as a proxy does, but none is set: set %s or %s"
          .formatted(server(), Variable.HTTPS_PROXY, Variable.HTTP_PROXY);
    }
    boolean known = proxy().get().userInfo().isPresent();
    return "the proxy %s does not let us through to %s (407): %s"
        .formatted(
            proxy().get(),
            server(),
            known
                ? "it rejected the user and password of its address"
                : "it requires credentials: set %s=http://user:password@host:port"
                    .formatted(Variable.HTTPS_PROXY));
  }

  private static boolean refusedByProxy(IOException e) {
    String message = text(e);
    Matcher status = REFUSED.matcher(message);
    // 5xx, 408 and 429 are transient; every other refusal of a proxy is permanent.
    return message.startsWith(NO_TUNNEL)
        || message.startsWith(UNEXPECTED_407)
        || (status.find()
            && status.group(1).startsWith("4")
            && !status.group(1).equals("408")
            && !status.group(1).equals("429"));
  }

  /** Whether the connection ended during the handshake, which says nothing about certificates. */
  private static boolean connectionLost(IOException e) {
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (at instanceof EOFException || at instanceof SocketException) {
        return true;
      }
    }
    return false;
  }

  private String tlsFailure(IOException e) {
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (at instanceof ExplainingTrustManager.Untrusted) {
        return text(at);
      }
    }
    String message = text(e);
    if (message.contains("not verified")) {
      Matcher names = NAMES.matcher(message);
      Matcher subject = SUBJECT.matcher(message);
      String others =
          names.find() && !names.group(1).isBlank()
              ? names.group(1)
              : subject.find() ? subject.group(1) : "nobody";
      return "its certificate is for %s, not for %s".formatted(others, request.uri().getHost());
    }
    return message.startsWith("Unsupported or unrecognized SSL message")
        ? "it does not speak TLS; is its address an http:// one?"
        : message;
  }

  private static Optional<Throwable> forbidden(IOException e) {
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (at instanceof SsrfGuard.NotPublicException) {
        return Optional.of(at);
      }
    }
    return Optional.empty();
  }

  private static String text(Throwable e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  /** Redacts all messages: a server or a proxy may echo what it was sent. */
  private static IOException redacted(IOException e) {
    StringBuilder all = new StringBuilder();
    for (Throwable at = e; at != null; at = at.getCause()) {
      all.append(at).append('\n');
    }
    String message = all.toString();
    String shown = Redactor.redact(message);
    return shown.equals(message) ? e : new IOException(shown.strip());
  }
}
