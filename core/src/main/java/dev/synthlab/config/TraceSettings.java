package dev.synthlab.config;

import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Whether calls are traced, and where spans are sent. Immutable; its text form shows no secret.
 *
 * @param enabled whether calls are traced; empty to trace them if there is an address
 * @param endpoint the address to which spans are sent, without user-info; empty for a Phoenix on
 *     this machine
 * @param key the API key of Phoenix
 * @param headers additional headers, their names in lower case
 * @param project the Phoenix project of the spans
 * @param sample the share of successful calls that is traced, 0 to 1
 * @param shutdown the maximum time that the process waits at exit until spans are sent
 * @param grpcPort the port that means gRPC
 * @param otel the variables of OpenTelemetry that are set; they override all of the above
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
  /** The default port of OTLP by gRPC. */
  static final int DEFAULT_GRPC_PORT = 4317;

  private static final String PATH = "/v1/traces";
  private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
  private static final String TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

  /** Tracing that is off. */
  public static final TraceSettings OFF =
      new TraceSettings(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          Variable.PHOENIX_PROJECT.defaultText(),
          ValueParser.share(Variable.SYNTHLAB_TRACE_SAMPLE.defaultText()),
          ValueParser.duration(Variable.SYNTHLAB_TRACE_SHUTDOWN.defaultText()),
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
     * The name of the protocol in variables of OpenTelemetry.
     *
     * @return for example {@code grpc}
     */
    public String word() {
      return word;
    }
  }

  /**
   * The address to which spans are sent, and the protocol.
   *
   * @param address the full address, for HTTP with its path
   * @param protocol the protocol
   */
  public record Exporter(URI address, Protocol protocol) {}

  /** Copies the maps and validates the numbers. */
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
   * @param endpoint a Phoenix or another OTLP collector
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
   * A copy with an API key.
   *
   * @param secret the key of Phoenix
   * @return new settings
   */
  public TraceSettings withKey(Secret secret) {
    return new TraceSettings(
        enabled, endpoint, Optional.of(secret), headers, project, sample, shutdown, grpcPort, otel);
  }

  /**
   * A copy with another project.
   *
   * @param name the name of the project
   * @return new settings
   */
  public TraceSettings withProject(String name) {
    return new TraceSettings(
        enabled, endpoint, key, headers, name, sample, shutdown, grpcPort, otel);
  }

  /**
   * A copy with another sampling ratio.
   *
   * @param share the share of successful calls that is traced, 0 to 1
   * @return new settings
   */
  public TraceSettings withSample(double share) {
    return new TraceSettings(
        enabled, endpoint, key, headers, project, share, shutdown, grpcPort, otel);
  }

  /**
   * A copy with another time to wait at exit.
   *
   * @param max the maximum time to wait
   * @return new settings
   */
  public TraceSettings withShutdown(Duration max) {
    return new TraceSettings(enabled, endpoint, key, headers, project, sample, max, grpcPort, otel);
  }

  /**
   * A copy with variables of OpenTelemetry, which override its other parts.
   *
   * @param variables names and values
   * @return new settings
   */
  public TraceSettings withOtel(Map<String, String> variables) {
    return new TraceSettings(
        enabled, endpoint, key, headers, project, sample, shutdown, grpcPort, variables);
  }

  /**
   * Whether calls are traced: as set, or else if there is an address for spans.
   *
   * @return false also if OpenTelemetry is disabled by {@code OTEL_SDK_DISABLED}
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
   * Whether metrics are exported: only if {@code OTEL_METRICS_EXPORTER} names an exporter.
   *
   * @return false also if OpenTelemetry is disabled by {@code OTEL_SDK_DISABLED}
   */
  public boolean measured() {
    String exporter = otel.getOrDefault("OTEL_METRICS_EXPORTER", "").strip();
    return !switchedOff() && !exporter.isEmpty() && !exporter.equals("none");
  }

  private boolean switchedOff() {
    return "true".equalsIgnoreCase(otel.getOrDefault("OTEL_SDK_DISABLED", "").strip());
  }

  /**
   * The address and the protocol of spans. The port of gRPC without a path means gRPC. For HTTP,
   * {@code /v1/traces} is appended unless the path ends in it. A protocol that is set wins.
   *
   * @return both
   */
  public Exporter place() {
    Optional<Protocol> configured = configuredProtocol();
    Optional<String> ofTraces = Optional.ofNullable(otel.get(TRACES_ENDPOINT)).map(String::strip);
    if (ofTraces.isPresent()) {
      return new Exporter(address(ofTraces.get()), configured.orElse(Protocol.HTTP));
    }
    URI address =
        Optional.ofNullable(otel.get(ENDPOINT))
            .map(any -> address(any.strip()))
            .or(this::endpoint)
            .orElseGet(() -> URI.create(Variable.PHOENIX_COLLECTOR_ENDPOINT.defaultText()));
    String path = Optional.ofNullable(address.getRawPath()).orElse("").replaceFirst("/+$", "");
    boolean portOfGrpc = address.getPort() == grpcPort || address.getPort() == DEFAULT_GRPC_PORT;
    Protocol protocol =
        configured.orElse(path.isEmpty() && portOfGrpc ? Protocol.GRPC : Protocol.HTTP);
    boolean whole = protocol == Protocol.GRPC || path.endsWith(PATH);
    String base = address.toString().replaceFirst("/+$", "");
    return new Exporter(URI.create(whole ? base : base + PATH), protocol);
  }

  private Optional<Protocol> configuredProtocol() {
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
    } catch (IllegalArgumentException e) { // the SDK reports the problem
      return URI.create("invalid:///");
    }
  }

  @Override
  public String toString() {
    return "TraceSettings[on=%s, place=%s, key=%s, headers=%s, project=%s, sample=%s, shutdown=%s, otel=%s]"
        .formatted(on(), place(), key, headers, project, sample, shutdown, otel.keySet());
  }
}
