package dev.synthlab.spans;

import dev.synthlab.Internal;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The attributes of a database on spans and metrics, by OpenTelemetry's semantic conventions.
 *
 * @param system the product, for example {@code postgresql}
 * @param namespace the name of the database
 * @param host the host of the server; empty for a file, or if there are several servers
 * @param port the port of the server
 */
@Internal
public record DatabaseAttributes(
    String system, String namespace, Optional<String> host, OptionalInt port) {

  /** Requires all parts. */
  public DatabaseAttributes {
    Objects.requireNonNull(system);
    Objects.requireNonNull(namespace);
    Objects.requireNonNull(host);
    Objects.requireNonNull(port);
  }

  /**
   * Sets the attributes on a span.
   *
   * @param span the span
   * @param operation the database operation, for example {@code transaction}
   */
  public void on(OpenSpan span, String operation) {
    span.set("db.system.name", system);
    span.set("db.namespace", namespace);
    span.set("db.operation.name", operation);
    host.ifPresent(name -> span.set("server.address", name));
    port.ifPresent(number -> span.set("server.port", number));
  }

  /** The attributes for metrics. */
  Attributes attributes() {
    AttributesBuilder all = Attributes.builder();
    all.put("db.system.name", system);
    all.put("db.namespace", namespace);
    host.ifPresent(name -> all.put("server.address", name));
    port.ifPresent(number -> all.put("server.port", number));
    return all.build();
  }
}
