package dev.synthlab.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The certificates of a PEM file. A problem with the file is an {@link IllegalArgumentException}
 * whose message says why.
 *
 * @param valid the certificates that have not expired
 * @param expired one sentence about each certificate that has
 */
record PemFile(List<X509Certificate> valid, List<String> expired) {
  private static final long MAX = 16L * 1024 * 1024;
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----");

  static PemFile read(Path file) {
    List<X509Certificate> all = certificates(text(file));
    List<X509Certificate> valid = new ArrayList<>();
    List<String> expired = new ArrayList<>();
    for (X509Certificate one : all) {
      if (expired(one)) {
        LocalDate end = LocalDate.ofInstant(one.getNotAfter().toInstant(), ZoneOffset.UTC);
        expired.add(one.getSubjectX500Principal().getName() + " expired on " + end);
      } else {
        valid.add(one);
      }
    }
    if (all.isEmpty()) {
      throw new IllegalArgumentException("it has no certificate");
    }
    if (valid.isEmpty()) {
      throw new IllegalArgumentException(String.join(", ", expired));
    }
    return new PemFile(List.copyOf(valid), List.copyOf(expired));
  }

  private static String text(Path file) {
    try {
      if (!Files.exists(file)) {
        throw new IllegalArgumentException("there is no such file");
      }
      if (!Files.isRegularFile(file)) {
        throw new IllegalArgumentException("it is not a regular file");
      }
      if (Files.size(file) > MAX) {
        throw new IllegalArgumentException("it is larger than 16 MB");
      }
      byte[] bytes = Files.readAllBytes(file);
      if (Utf8.isUtf16(bytes)) {
        throw new IllegalArgumentException("it is UTF-16; save it as UTF-8");
      }
      // Certificates are ASCII; the names above them are in any encoding and do not count.
      return new String(bytes, StandardCharsets.ISO_8859_1);
    } catch (AccessDeniedException e) {
      throw new IllegalArgumentException("this user may not read it", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "it cannot be read (" + e.getClass().getSimpleName() + ")", e);
    }
  }

  private static List<X509Certificate> certificates(String text) {
    List<X509Certificate> all = new ArrayList<>();
    Matcher block = BLOCK.matcher(text);
    while (block.find()) {
      try {
        byte[] bytes = block.group().getBytes(StandardCharsets.ISO_8859_1);
        all.add(
            (X509Certificate)
                CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(bytes)));
      } catch (CertificateException e) {
        throw new IllegalArgumentException(
            "its certificate number " + (all.size() + 1) + " cannot be read", e);
      }
    }
    return all;
  }

  private static boolean expired(X509Certificate certificate) {
    try {
      certificate.checkValidity();
      return false;
    } catch (CertificateExpiredException e) {
      return true;
    } catch (CertificateNotYetValidException e) {
      return false;
    }
  }
}
