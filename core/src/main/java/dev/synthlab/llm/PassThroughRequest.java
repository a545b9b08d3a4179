package dev.synthlab.llm;

import dev.synthlab.Internal;
import dev.synthlab.http.Request;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;

/**
 * A request that another client library has written, for {@link PassThrough}.
 *
 * @param id the id of the call, which its span has
 * @param path the path below the base URL, for example {@code chat/completions}
 * @param wire the request as it is sent, credentials included
 * @param account the server and the credential, whose limits, pauses and breaker apply
 * @param timeout the time limit of one attempt
 * @param deadline the time limit of the whole call
 */
@Internal
public record PassThroughRequest(
    String id, String path, Request wire, Account account, Duration timeout, Duration deadline) {

  /**
   * A server, and a credential by its name.
   *
   * @param base the base URL, without user-info
   * @param keyName the name of the credential, never the credential
   */
  public record Account(URI base, String keyName) {
    /** Requires both. */
    public Account {
      Objects.requireNonNull(base);
      Objects.requireNonNull(keyName);
    }
  }

  /** Requires all parts. */
  public PassThroughRequest {
    Objects.requireNonNull(id);
    Objects.requireNonNull(path);
    Objects.requireNonNull(wire);
    Objects.requireNonNull(account);
    Objects.requireNonNull(timeout);
    Objects.requireNonNull(deadline);
  }
}
