package dev.synthlab.http;

import java.time.Instant;
import java.util.Objects;

/**
 * Who a server has proved to be.
 *
 * @param protocol for example {@code TLSv1.3}
 * @param subject whom its certificate names
 * @param issuer who issued the certificate
 * @param expires until when it is valid
 */
public record TlsPeer(String protocol, String subject, String issuer, Instant expires) {

  /** Refuses what is missing. */
  public TlsPeer {
    Objects.requireNonNull(protocol);
    Objects.requireNonNull(subject);
    Objects.requireNonNull(issuer);
    Objects.requireNonNull(expires);
  }
}
