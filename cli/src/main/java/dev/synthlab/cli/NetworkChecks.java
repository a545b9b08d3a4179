package dev.synthlab.cli;

import dev.synthlab.cli.DoctorCheck.State;
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

/** The way to the model server: proxy, trust, name and certificate. */
final class NetworkChecks implements AutoCloseable {
  private static final Duration SOON = Duration.ofDays(14);

  private final NetworkSettings network;
  private final URI base;
  private final Optional<NetworkSettings.Proxy> proxy;
  private final Duration patience;
  private final OkHttpTransport transport;

  NetworkChecks(Settings settings, Duration patience) {
    this.network = settings.network();
    this.base = settings.llm().baseUrl();
    this.proxy = network.proxyFor(base);
    this.patience = patience;
    this.transport = new OkHttpTransport(ConnectOptions.of(network));
  }

  /** What the settings say of it; nothing is sent. */
  List<DoctorCheck> told() {
    return List.of(proxy(), caFile());
  }

  /** What shows when it is tried. */
  List<DoctorCheck> tried() throws InterruptedException {
    List<DoctorCheck> findings = new ArrayList<>();
    findings.add(names());
    if (findings.getFirst().state() != State.FAIL) {
      findings.add(tls());
    }
    return findings;
  }

  @Override
  public void close() {
    transport.close();
  }

  private DoctorCheck proxy() {
    if (proxy.isEmpty()) {
      boolean left = network.httpProxy().isPresent() || network.httpsProxy().isPresent();
      return new DoctorCheck(
          State.OK, "proxy", "none", left ? "none is set for this kind, or NO_PROXY names it" : "");
    }
    String shown = proxy.get() + (proxy.get().userInfo().isPresent() ? ", with a password" : "");
    return loopback()
        ? new DoctorCheck(
            State.NOTE, "proxy", shown, "to this machine itself; NO_PROXY=" + base.getHost())
        : new DoctorCheck(State.OK, "proxy", shown, "");
  }

  private DoctorCheck caFile() {
    return new DoctorCheck(
        State.OK,
        "ca file",
        network
            .caFile()
            .map(NetworkSettings.CaFile::toString)
            .orElse("none, the system's trust alone"),
        "");
  }

  private DoctorCheck names() {
    String host = proxy.map(NetworkSettings.Proxy::host).orElse(base.getHost());
    try {
      String found =
          transport.addresses(host).stream()
              .map(InetAddress::getHostAddress)
              .collect(Collectors.joining(", "));
      String advice = proxy.isEmpty() ? "" : "the proxy looks up " + base.getHost();
      return new DoctorCheck(State.OK, "dns", host + " is " + found, advice);
    } catch (UnknownHostException e) {
      return new DoctorCheck(
          State.FAIL,
          "dns",
          host + " cannot be resolved: " + e.getMessage(),
          proxy.isEmpty()
              ? "check OPENAI_BASE_URL and this machine's resolver, or set HTTPS_PROXY"
              : "check the proxy's address and this machine's resolver");
    }
  }

  private DoctorCheck tls() throws InterruptedException {
    if (!base.getScheme().equals("https")) {
      return loopback()
          ? new DoctorCheck(State.OK, "tls", "none, on this machine", "")
          : new DoctorCheck(
              State.NOTE, "tls", "none", "key and prompts can be read on the way; use https");
    }
    try {
      return transport
          .peer(base, patience)
          .map(NetworkChecks::certificate)
          .orElseGet(() -> new DoctorCheck(State.NOTE, "tls", "no certificate was shown", ""));
    } catch (TransportException e) {
      return e.phase() == Phase.TLS
          ? new DoctorCheck(
              State.FAIL, "tls", e.getMessage() + "", "check address, clock and SYNTHLAB_CA_FILE")
          : new DoctorCheck(State.NOTE, "tls", "not seen: " + e.getMessage(), "see endpoint");
    } catch (IOException e) {
      return new DoctorCheck(State.NOTE, "tls", "not seen: " + e.getMessage(), "see endpoint");
    }
  }

  private static DoctorCheck certificate(TlsPeer peer) {
    LocalDate end = LocalDate.ofInstant(peer.expires(), ZoneOffset.UTC);
    boolean soon = peer.expires().isBefore(Instant.now().plus(SOON));
    return new DoctorCheck(
        soon ? State.NOTE : State.OK,
        "tls",
        "%s, %s, by %s, until %s".formatted(peer.protocol(), peer.subject(), peer.issuer(), end),
        soon ? "its owner has to renew it soon" : "");
  }

  private boolean loopback() {
    String host = base.getHost();
    return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
  }
}
