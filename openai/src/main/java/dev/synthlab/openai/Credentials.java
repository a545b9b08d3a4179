package dev.synthlab.openai;

import com.openai.core.http.HttpRequest;
import dev.synthlab.config.Secret;
import dev.synthlab.config.Settings;
import dev.synthlab.http.Headers;
import dev.synthlab.llm.PassThroughRequest.Account;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The credentials in the headers of the library's requests. Each becomes a secret of the process,
 * so that no text shows it.
 */
final class Credentials {
  /** Stands for a key where the library requires one and the server does not; it is not sent. */
  static final String NO_KEY = "no-key-required";

  private static final Set<String> FIELDS = Set.of("authorization", "api-key");
  private static final String BEARER = "Bearer ";
  private static final int SHOWN_BYTES = 4;

  private final Settings.Llm settings;

  Credentials(Settings.Llm settings) {
    this.settings = settings;
  }

  /** The header fields as they are sent. */
  Headers sent(HttpRequest request) {
    Headers all = Headers.NONE;
    for (String name : request.headers().names()) {
      boolean credential = FIELDS.contains(name.toLowerCase(Locale.ROOT));
      for (String given : request.headers().values(name)) {
        String value = credential ? CallerContexts.withoutName(given) : given;
        if (!credential) {
          all = all.with(name, value);
        } else if (!token(value).equals(NO_KEY)) {
          Secret.of(token(value));
          all = all.with(name, value);
        } else if (settings.userInfo().isPresent()) {
          all = all.with("Authorization", "Basic " + basic(settings.userInfo().get()));
        }
      }
    }
    return all;
  }

  /** The server and the name of the key, by which limits, pauses and breakers are kept. */
  Account account(HttpRequest request, Headers sent) {
    URI given = URI.create(request.baseUrl().replaceFirst("/+$", ""));
    URI base = given.equals(settings.baseUrl()) ? given : withoutUserInfo(given);
    Optional<String> token =
        sent.first("authorization").or(() -> sent.first("api-key")).map(Credentials::token);
    boolean own =
        token.isEmpty()
            || token.equals(settings.key().map(Secret::reveal))
            || token.get().startsWith("Basic ");
    return new Account(base, own ? settings.keyName() : name(token.get()));
  }

  private static URI withoutUserInfo(URI given) {
    String user = given.getRawUserInfo();
    return user == null ? given : URI.create(given.toString().replace(user + "@", ""));
  }

  private static String token(String value) {
    return value.startsWith(BEARER) ? value.substring(BEARER.length()) : value;
  }

  /** A name for the key of another account: the beginning of a hash, which does not tell it. */
  private static String name(String token) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
      return "key-" + HexFormat.of().formatHex(hash, 0, SHOWN_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JVM has no SHA-256", e);
    }
  }

  /** A secret too, since a server may quote what was sent. */
  private static String basic(Secret userInfo) {
    byte[] pair = userInfo.reveal().getBytes(StandardCharsets.UTF_8);
    return Secret.of(Base64.getEncoder().encodeToString(pair)).reveal();
  }
}
