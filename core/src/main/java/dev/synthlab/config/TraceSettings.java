package dev.synthlab.config;

import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Whether and where spans of the calls go. Immutable; its text form shows no secret.
 *
 * @param enabled whether calls are traced; empty to do so if there is an address
 * @param endpoint where spans are sent, without user-info; empty for a Phoenix on this machine
 * @param key what authenticates the sending
 * @param headers more headers, their names in lower case
 * @param project what the spans are kept under
 * @param sample the share of good calls that is shown, 0 to 1
 * @param shutdown the longest time the end of the process waits for spans to be sent
 * @param grpcPort the port at which gRPC is spoken
 * @param otel the variables of OpenTelemetry that are set; they win over all of the above
 */
public record TraceSettings(
    Optional<Boolean> enabled,
    Optional<URI> endpoint,
    Optional<Secret> key,
    Map<String, Secret> headers,
    String project,
    double sample,
    Duration shutdown,
    int grpcPort,
    Map<String, String> otel) {
  /** Where OpenTelemetry's exporters take spans by gRPC. */
  static final int DEFAULT_GRPC_PORT = 4317;

  private static final String PATH = "/v1/traces";
  private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
  private static final String TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

  /** Nothing is traced. */
  public static final TraceSettings OFF =
      new TraceSettings(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          Variable.PHOENIX_PROJECT.defaultText(),
          1,
          Duration.ofSeconds(5),
          DEFAULT_GRPC_PORT,
          Map.of());

  /** How spans are sent. */
  public enum Protocol {
    /** Protocol buffers by HTTP. */
    HTTP("http/protobuf"),
    /** gRPC. */
    GRPC("grpc");

    private final String word;

    Protocol(String word) {
      this.word = word;
    }

    /**
     * Its name among OpenTelemetry's.
     *
     * @return for example {@code grpc}
     */
    public String word() {
      return word;
    }
  }

  /**
   * Where spans are sent, and how.
   *
   * @param address whole, with the path that HTTP has
   * @param protocol how
   */
  public record Exporter(URI address, Protocol protocol) {}

  /** Keeps copies. */
  public TraceSettings {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    otel = Collections.unmodifiableMap(new TreeMap<>(otel));
    if (!(sample >= 0 && sample <= 1)) {
      throw new IllegalArgumentException("sample must be from 0 to 1, was " + sample);
    }
    if (shutdown.isNegative()) {
      throw new IllegalArgumentException("shutdown must not be negative, was " + shutdown);
    }
  }

  /**
   * Traces every call.
   *
   * @param endpoint a Phoenix, or what speaks OTLP
   * @return the settings for it
   */
  public static TraceSettings to(URI endpoint) {
    return new TraceSettings(
        Optional.of(true),
        Optional.of(endpoint),
        OFF.key,
        OFF.headers,
        OFF.project,
        OFF.sample,
        OFF.shutdown,
        OFF.grpcPort,
        OFF.otel);
  }

  /**
   * The same with a key.
   *
   * @param secret of Phoenix
   * @return new settings
   */
  public TraceSettings withKey(Secret secret) {
    return new TraceSettings(
        enabled, endpoint, Optional.of(secret), headers, project, sample, shutdown, grpcPort, otel);
  }

  /**
   * The same for another project.
   *
   * @param name of the project
   * @return new settings
   */
  public TraceSettings withProject(String name) {
    return new TraceSettings(
        enabled, endpoint, key, headers, name, sample, shutdown, grpcPort, otel);
  }

  /**
   * The same with fewer calls shown.
   *
   * @param share of the good calls, 0 to 1
   * @return new settings
   */
  public TraceSettings withSample(double share) {
    return new TraceSettings(
        enabled, endpoint, key, headers, project, share, shutdown, grpcPort, otel);
  }

  /**
   * The same with another time at the end.
   *
   * @param max how long the end of the process may wait
   * @return new settings
   */
  public TraceSettings withShutdown(Duration max) {
    return new TraceSettings(enabled, endpoint, key, headers, project, sample, max, grpcPort, otel);
  }

  /**
   * The same with variables of OpenTelemetry over it.
   *
   * @param variables names and values
   * @return new settings
   */
  public TraceSettings withOtel(Map<String, String> variables) {
    return new TraceSettings(
        enabled, endpoint, key, headers, project, sample, shutdown, grpcPort, variables);
  }

  /**
   * Whether calls are traced: unless it is said, if there is an address to send spans to.
   *
   * @return false also where OpenTelemetry's own switch is off
   */
  public boolean on() {
    if (switchedOff()) {
      return false;
    }
    return enabled.orElseGet(
        () ->
            endpoint.isPresent()
                || otel.containsKey(ENDPOINT)
                || otel.containsKey(TRACES_ENDPOINT));
  }

  /**
   * Whether metrics are sent: only if {@code OTEL_METRICS_EXPORTER} names how.
   *
   * @return false also where OpenTelemetry's own switch is off
   */
  public boolean measured() {
    String exporter = otel.getOrDefault("OTEL_METRICS_EXPORTER", "").strip();
    return !switchedOff() && !exporter.isEmpty() && !exporter.equals("none");
  }

  private boolean switchedOff() {
    return "true".equalsIgnoreCase(otel.getOrDefault("OTEL_SDK_DISABLED", "").strip());
  }

  /**
   * Where spans are sent. A path that ends in {@code /v1/traces} is taken as it stands; the port of
   * gRPC without a path means gRPC; anything else gets that path. A protocol that is set wins.
   *
   * @return where and how
   */
  public Exporter place() {
    Optional<Protocol> said = said();
    Optional<String> ofTraces = Optional.ofNullable(otel.get(TRACES_ENDPOINT)).map(String::strip);
    if (ofTraces.isPresent()) {
      return new Exporter(address(ofTraces.get()), said.orElse(Protocol.HTTP));
    }
    URI address =
        Optional.ofNullable(otel.get(ENDPOINT))
            .map(any -> address(any.strip()))
            .or(this::endpoint)
            .orElseGet(() -> URI.create(Variable.PHOENIX_COLLECTOR_ENDPOINT.defaultText()));
    String path = Optional.ofNullable(address.getRawPath()).orElse("").replaceFirst("/+$", "");
    boolean portOfGrpc = address.getPort() == grpcPort || address.getPort() == DEFAULT_GRPC_PORT;
    Protocol protocol = said.orElse(path.isEmpty() && portOfGrpc ? Protocol.GRPC : Protocol.HTTP);
    boolean whole = protocol == Protocol.GRPC || path.endsWith(PATH);
    String base = address.toString().replaceFirst("/+$", "");
    return new Exporter(URI.create(whole ? base : base + PATH), protocol);
  }

  private Optional<Protocol> said() {
    String word =
        otel.getOrDefault(
            "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
            otel.getOrDefault("OTEL_EXPORTER_OTLP_PROTOCOL", ""));
    return switch (word.strip()) {
      case "" -> Optional.empty();
      case "grpc" -> Optional.of(Protocol.GRPC);
      default -> Optional.of(Protocol.HTTP);
    };
  }

  private static URI address(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) { // the SDK says what is wrong with it
      return URI.create("invalid:///");
    }
  }

  @Override
  public String toString() {
    return "Trace[on=%s, place=%s, key=%s, headers=%s, project=%s, sample=%s, shutdown=%s, otel=%s]"
        .formatted(on(), place(), key, headers, project, sample, shutdown, otel.keySet());
  }
}
