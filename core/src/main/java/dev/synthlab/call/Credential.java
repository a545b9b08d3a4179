package dev.synthlab.call;

import dev.synthlab.Internal;
import dev.synthlab.config.Secret;
import dev.synthlab.config.SuppliedSecret;
import dev.synthlab.http.Request;
import dev.synthlab.http.TransportException;
import dev.synthlab.logging.Redactor;

/** An access token that each attempt gets anew, as a bearer token (RFC 6750). Immutable. */
@Internal
public final class Credential {
  private final SuppliedSecret source;

  /**
   * A credential.
   *
   * @param source gives the token of the moment
   */
  public Credential(SuppliedSecret source) {
    this.source = source;
  }

  /** The token of the moment. */
  Secret token() throws TransportException {
    try {
      return source.get();
    } catch (RuntimeException e) { // of the user's code
      throw new TransportException(
          TransportException.Phase.CONNECT,
          false,
          "nothing was sent: the credential could not be obtained: "
              + Redactor.redact(String.valueOf(e.getMessage())),
          e);
    }
  }

  /** The request with the token. */
  static Request authorized(Request request, Secret token) {
    return new Request(
        request.method(),
        request.uri(),
        request.headers().with("Authorization", "Bearer " + token.reveal()),
        request.body(),
        request.reach());
  }
}
