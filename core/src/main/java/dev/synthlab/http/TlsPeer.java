package dev.synthlab.http;

import dev.synthlab.Internal;
import java.time.Instant;
import java.util.Objects;

/**
 * The TLS identity of a server.
 *
 * @param protocol the TLS version, for example {@code TLSv1.3}
 * @param subject the subject of the certificate
 * @param issuer the issuer of the certificate
 * @param expires the end of its validity
 */
@Internal
public record TlsPeer(String protocol, String subject, String issuer, Instant expires) {

  /** Requires all parts. */
  public TlsPeer {
    Objects.requireNonNull(protocol);
    Objects.requireNonNull(subject);
    Objects.requireNonNull(issuer);
    Objects.requireNonNull(expires);
  }
}
