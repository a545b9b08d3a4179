package dev.synthlab.http;

import dev.synthlab.Internal;
import dev.synthlab.config.NetworkSettings;
import dev.synthlab.config.Variable;
import java.io.IOException;
import java.io.Serial;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A trust manager that accepts the authorities of the system and of the settings, and that explains
 * in its exceptions why it rejects a certificate. Safe for use by many threads.
 */
@Internal
public final class ExplainingTrustManager extends X509ExtendedTrustManager {
  private final X509ExtendedTrustManager check;

  private ExplainingTrustManager(X509ExtendedTrustManager check) {
    this.check = check;
  }

  /** The exception for a rejected certificate; its message is the reason. */
  static final class Untrusted extends CertificateException {
    @Serial private static final long serialVersionUID = 1L;

    Untrusted(String reason, CertificateException cause) {
      super(reason, cause);
    }
  }

  /**
   * Creates a trust manager for the authorities of the system and of the settings.
   *
   * @param network names the file of further authorities
   * @return the trust manager
   */
  public static ExplainingTrustManager of(NetworkSettings network) {
    return withAuthorities(
        network.caFile().map(NetworkSettings.CaFile::certificates).orElseGet(List::of));
  }

  /** Creates a trust manager for the authorities of the system and further ones. */
  static ExplainingTrustManager withAuthorities(List<X509Certificate> authorities) {
    try {
      X509ExtendedTrustManager system = manager(null);
      if (authorities.isEmpty()) {
        return new ExplainingTrustManager(system);
      }
      KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
      all.load(null, null);
      int number = 0;
      for (X509Certificate one : system.getAcceptedIssuers()) {
        all.setCertificateEntry("system-" + number++, one);
      }
      for (X509Certificate one : authorities) {
        all.setCertificateEntry("own-" + number++, one);
      }
      return new ExplainingTrustManager(manager(all));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this Java cannot check certificates", e);
    }
  }

  SSLSocketFactory sockets() {
    return context().getSocketFactory();
  }

  /**
   * Creates a TLS context with this trust manager.
   *
   * @return a new context
   */
  public SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {this}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java knows no TLS", e);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    try {
      check.checkServerTrusted(chain, type);
    } catch (CertificateException e) {
      throw new Untrusted(reason(chain, e), e);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    try {
      check.checkServerTrusted(chain, type, socket);
    } catch (CertificateException e) {
      throw new Untrusted(reason(chain, e), e);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    try {
      check.checkServerTrusted(chain, type, engine);
    } catch (CertificateException e) {
      throw new Untrusted(reason(chain, e), e);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check.checkClientTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check.checkClientTrusted(chain, type, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check.checkClientTrusted(chain, type, engine);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return check.getAcceptedIssuers();
  }

  private static X509ExtendedTrustManager manager(@Nullable KeyStore authorities)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(authorities);
    return Stream.of(factory.getTrustManagers())
        .filter(X509ExtendedTrustManager.class::isInstance)
        .map(X509ExtendedTrustManager.class::cast)
        .findFirst()
        .orElseThrow(() -> new GeneralSecurityException("no " + X509TrustManager.class));
  }

  private static String reason(X509Certificate[] chain, CertificateException refusal) {
    Instant now = Instant.now();
    for (X509Certificate one : chain) {
      if (now.isAfter(one.getNotAfter().toInstant()) && !(selfSigned(one) && chain.length > 1)) {
        return "the certificate of "
            + subject(one)
            + " expired on "
            + day(one.getNotAfter().toInstant());
      }
      if (now.isBefore(one.getNotBefore().toInstant())) {
        return "the certificate of %s is valid only from %s on; is the clock of this machine right?"
            .formatted(subject(one), day(one.getNotBefore().toInstant()));
      }
    }
    if (!pathNotFound(refusal)) {
      return rootMessage(refusal);
    }
    return chain.length == 1 && selfSigned(chain[0])
        ? "its certificate for %s is self-signed; if it is the right one, put it into a PEM file"
                .formatted(subject(chain[0]))
            + (" and name that in " + Variable.SYNTHLAB_CA_FILE)
        : "its certificate is from an authority that is not known here, %s; if that is the right"
                .formatted(chain[chain.length - 1].getIssuerX500Principal().getName())
            + (" one, put its certificate into a PEM file and name that in "
                + Variable.SYNTHLAB_CA_FILE);
  }

  private static boolean selfSigned(X509Certificate one) {
    return one.getSubjectX500Principal().equals(one.getIssuerX500Principal());
  }

  private static String subject(X509Certificate one) {
    return one.getSubjectX500Principal().getName();
  }

  private static LocalDate day(Instant date) {
    return LocalDate.ofInstant(date, ZoneOffset.UTC);
  }

  private static boolean pathNotFound(Throwable refusal) {
    for (Throwable at = refusal; at != null; at = at.getCause()) {
      if (at instanceof CertPathBuilderException) {
        return true;
      }
    }
    return false;
  }

  private static String rootMessage(Throwable refusal) {
    Throwable at = refusal;
    while (at.getCause() != null) {
      at = at.getCause();
    }
    return Objects.requireNonNullElse(at.getMessage(), at.getClass().getSimpleName());
  }
}
