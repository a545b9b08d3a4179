package dev.synthlab.cli;

import dev.synthlab.cli.DoctorResult.State;
import dev.synthlab.config.NetworkSettings;
import dev.synthlab.config.Settings;
import dev.synthlab.http.ConnectOptions;
import dev.synthlab.http.OkHttpTransport;
import dev.synthlab.http.TlsPeer;
import dev.synthlab.http.TransportException;
import dev.synthlab.http.TransportException.Phase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The network checks of {@code doctor}: proxy, certificate authorities, name resolution and TLS.
 */
final class NetworkChecks implements AutoCloseable {
  private static final Duration EXPIRY_WARNING = Duration.ofDays(14);

  private final NetworkSettings network;
  private final URI base;
  private final Optional<NetworkSettings.Proxy> proxy;
  private final Duration timeout;
  private final OkHttpTransport transport;

  NetworkChecks(Settings settings, Duration timeout) {
    this.network = settings.network();
    this.base = settings.llm().baseUrl();
    this.proxy = network.proxyFor(base);
    this.timeout = timeout;
    this.transport = new OkHttpTransport(ConnectOptions.of(network));
  }

  /** The checks of the settings; nothing is sent. */
  List<DoctorResult> settings() {
    return List.of(proxy(), caFile());
  }

  /** The checks that connect. */
  List<DoctorResult> connection() throws InterruptedException {
    List<DoctorResult> results = new ArrayList<>();
    results.add(names());
    if (results.getFirst().state() != State.FAIL) {
      results.add(tls());
    }
    return results;
  }

  @Override
  public void close() {
    transport.close();
  }

  private DoctorResult proxy() {
    if (proxy.isEmpty()) {
      boolean otherProxy = network.httpProxy().isPresent() || network.httpsProxy().isPresent();
      return new DoctorResult(
          State.OK,
          "proxy",
          "none",
          otherProxy ? "none is set for this scheme, or NO_PROXY contains the host" : "");
    }
    String shown = proxy.get() + (proxy.get().userInfo().isPresent() ? ", with a password" : "");
    return isLoopback()
        ? new DoctorResult(
            State.NOTE,
            "proxy",
            shown,
            "the server is on this machine; set NO_PROXY=" + base.getHost())
        : new DoctorResult(State.OK, "proxy", shown, "");
  }

  private DoctorResult caFile() {
    return new DoctorResult(
        State.OK,
        "ca file",
        network
            .caFile()
            .map(NetworkSettings.CaFile::toString)
            .orElse("none; only the authorities of the system are trusted"),
        "");
  }

  private DoctorResult names() {
    String host = proxy.map(NetworkSettings.Proxy::host).orElse(base.getHost());
    try {
      String found =
          transport.addresses(host).stream()
              .map(InetAddress::getHostAddress)
              .collect(Collectors.joining(", "));
      String advice = proxy.isEmpty() ? "" : "the proxy resolves " + base.getHost();
      return new DoctorResult(State.OK, "dns", host + " resolves to " + found, advice);
    } catch (UnknownHostException e) {
      return new DoctorResult(
          State.FAIL,
          "dns",
          host + " cannot be resolved: " + e.getMessage(),
          proxy.isEmpty()
              ? "check OPENAI_BASE_URL and the DNS of this machine, or set HTTPS_PROXY"
              : "check the host of the proxy and the DNS of this machine");
    }
  }

  private DoctorResult tls() throws InterruptedException {
    if (!base.getScheme().equals("https")) {
      return isLoopback()
          ? new DoctorResult(State.OK, "tls", "not used; the server is on this machine", "")
          : new DoctorResult(
              State.NOTE,
              "tls",
              "not used",
              "others can read the API key and the prompts; use https");
    }
    try {
      return transport
          .peer(base, timeout)
          .map(NetworkChecks::certificate)
          .orElseGet(
              () -> new DoctorResult(State.NOTE, "tls", "the server presented no certificate", ""));
    } catch (TransportException e) {
      return e.phase() == Phase.TLS
          ? new DoctorResult(
              State.FAIL,
              "tls",
              e.getMessage() + "",
              "check the URL, the system clock and SYNTHLAB_CA_FILE")
          : new DoctorResult(
              State.NOTE, "tls", "not checked: " + e.getMessage(), "see the endpoint check");
    } catch (IOException e) {
      return new DoctorResult(
          State.NOTE, "tls", "not checked: " + e.getMessage(), "see the endpoint check");
    }
  }

  private static DoctorResult certificate(TlsPeer peer) {
    LocalDate end = LocalDate.ofInstant(peer.expires(), ZoneOffset.UTC);
    boolean soon = peer.expires().isBefore(Instant.now().plus(EXPIRY_WARNING));
    return new DoctorResult(
        soon ? State.NOTE : State.OK,
        "tls",
        "%s, %s, issued by %s, valid until %s"
            .formatted(peer.protocol(), peer.subject(), peer.issuer(), end),
        soon ? "the certificate expires soon" : "");
  }

  private boolean isLoopback() {
    String host = base.getHost();
    return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
  }
}
