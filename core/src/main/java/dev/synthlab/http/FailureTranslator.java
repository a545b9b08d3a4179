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
 * What the failure of an OkHttp call means, in words that name the server and the proxy.
 *
 * @param request what was to be sent
 * @param network through which proxy
 */
record FailureTranslator(Request request, NetworkSettings network) {
  private static final String NO_TUNNEL = "Failed to authenticate with proxy";
  private static final String UNASKED = "Received HTTP_PROXY_AUTH (407)";
  private static final Pattern REFUSED =
      Pattern.compile("Unexpected response code for CONNECT: (\\d{3})");
  private static final Pattern NAMES = Pattern.compile("subjectAltNames: \\[(.*)]", Pattern.DOTALL);
  private static final Pattern SUBJECT = Pattern.compile("DN: (.*)");

  /** How far a call had come when it failed. */
  static Phase phase(CallEventListener progress, IOException e) {
    if (forbidden(e).isPresent()) {
      return Phase.FORBIDDEN;
    }
    if (progress.lookingFor().isPresent() || e instanceof UnknownHostException) {
      return Phase.RESOLVE;
    }
    if (progress.securing() && e instanceof SSLException && !cutOff(e)) {
      return Phase.TLS;
    }
    if (refusedByProxy(e)) {
      return Phase.PROXY;
    }
    return progress.connected() ? Phase.EXCHANGE : Phase.CONNECT;
  }

  TransportException of(CallEventListener progress, IOException e) {
    Phase phase = phase(progress, e);
    String words =
        switch (phase) {
          case RESOLVE -> unresolved(progress) + ": " + said(e);
          case CONNECT -> "no connection to " + place() + ": " + said(e);
          case TLS -> "no trusted connection to " + place() + ": " + distrust(e);
          case PROXY -> refusal(e);
          case FORBIDDEN ->
              "nothing is sent to "
                  + place()
                  + ": "
                  + forbidden(e).map(FailureTranslator::said).orElse("");
          case EXCHANGE, BODY, TIMEOUT ->
              "the connection to " + place() + " broke before the answer: " + said(e);
        };
    boolean stale = progress.reused() && phase == Phase.EXCHANGE;
    return new TransportException(phase, stale, Redactor.redact(words), clean(e));
  }

  TransportException late(Duration within, IOException e) {
    String words = "no answer from " + place() + " within " + within.toMillis() + " ms";
    return new TransportException(Phase.TIMEOUT, false, words, e);
  }

  /** The proxy answered in the server's place that it wants to know who asks. */
  TransportException unauthenticated() {
    IOException reason = new IOException(NO_TUNNEL);
    return new TransportException(Phase.PROXY, false, refusal(reason), reason);
  }

  /** A proxy stands where the address would have to be judged. */
  TransportException unguarded() {
    String words =
        "nothing is sent to "
            + place()
            + ": a request that may go to public addresses only cannot go through a proxy;"
            + " name the host in "
            + Variable.NO_PROXY;
    return new TransportException(Phase.FORBIDDEN, false, words, new IOException("proxy"));
  }

  TransportException brokeOff(IOException e) {
    String words = "the answer of " + place() + " broke off: " + said(e);
    return new TransportException(Phase.BODY, false, Redactor.redact(words), clean(e));
  }

  /** Host and port of the server, and the proxy on the way to it. */
  String place() {
    return server() + proxy().map(p -> " through the proxy " + p).orElse("");
  }

  private String server() {
    int port = request.uri().getPort();
    return request.uri().getHost() + (port < 0 ? "" : ":" + port);
  }

  private Optional<NetworkSettings.Proxy> proxy() {
    return network.proxyFor(request.uri());
  }

  private String unresolved(CallEventListener progress) {
    String host = progress.lookingFor().orElse(server());
    return proxy()
        .filter(p -> p.host().equals(host))
        .map(p -> "the name of the proxy " + p + " cannot be resolved")
        .orElse("the name of " + server() + " cannot be resolved");
  }

  private String refusal(IOException e) {
    Matcher status = REFUSED.matcher(said(e));
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
                ? "it refuses the user and password of its address"
                : "it wants a user and a password; they stand before the host in its address");
  }

  private static boolean refusedByProxy(IOException e) {
    String words = said(e);
    Matcher status = REFUSED.matcher(words);
    // 5xx, 408 and 429 pass; what else a proxy says to CONNECT it will say again.
    return words.startsWith(NO_TUNNEL)
        || words.startsWith(UNASKED)
        || (status.find()
            && status.group(1).startsWith("4")
            && !status.group(1).equals("408")
            && !status.group(1).equals("429"));
  }

  /** A server that hangs up in the midst of a handshake has judged nothing. */
  private static boolean cutOff(IOException e) {
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (at instanceof EOFException || at instanceof SocketException) {
        return true;
      }
    }
    return false;
  }

  private String distrust(IOException e) {
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (at instanceof ExplainingTrustManager.Untrusted) {
        return said(at);
      }
    }
    String words = said(e);
    if (words.contains("not verified")) {
      Matcher names = NAMES.matcher(words);
      Matcher subject = SUBJECT.matcher(words);
      String others =
          names.find() && !names.group(1).isBlank()
              ? names.group(1)
              : subject.find() ? subject.group(1) : "nobody";
      return "its certificate is for %s, not for %s".formatted(others, request.uri().getHost());
    }
    return words.startsWith("Unsupported or unrecognized SSL message")
        ? "it does not speak TLS; is its address an http:// one?"
        : words;
  }

  private static Optional<Throwable> forbidden(IOException e) {
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (at instanceof SsrfGuard.NotPublicException) {
        return Optional.of(at);
      }
    }
    return Optional.empty();
  }

  private static String said(Throwable e) {
    String words = e.getMessage();
    return words == null ? e.getClass().getSimpleName() : words;
  }

  /** A server or a proxy may echo what it was sent, also where only a stack trace shows it. */
  private static IOException clean(IOException e) {
    StringBuilder all = new StringBuilder();
    for (Throwable at = e; at != null; at = at.getCause()) {
      all.append(at).append('\n');
    }
    String words = all.toString();
    String shown = Redactor.redact(words);
    return shown.equals(words) ? e : new IOException(shown.strip());
  }
}
