package dev.synthlab.files;

import dev.synthlab.Internal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A native library of the class path that is unpacked to where only this user and root can change
 * it, once for all processes.
 */
@Internal
public final class UnpackedLibrary {
  private UnpackedLibrary() {}

  /**
   * Writes the library into a directory named after its SHA-256, unless the same bytes are there
   * already. They are compared with the bytes of the class path, never with a file beside the
   * unpacked one.
   *
   * @param library the bytes that the class path has
   * @param name the name of the file
   * @param cache the directory for fetched and unpacked files
   * @param remedy what the user can do when that directory is not trusted, for the message: "set X
   *     to ..."
   * @return the file to load
   * @throws IOException when it cannot be written, or when another user can write to the directory
   *     or to one above it
   */
  public static Path place(byte[] library, String name, Path cache, String remedy)
      throws IOException {
    Path directory = cache.toAbsolutePath().resolve("native").resolve(sha256(library));
    TrustedPath.createDirectories(directory, remedy);
    Path file = directory.resolve(name);
    if (!holds(file, library)) {
      write(library, file);
    }
    return file;
  }

  private static boolean holds(Path file, byte[] library) throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && Files.size(file) == library.length
        && isOwn(file)
        && Arrays.equals(Files.readAllBytes(file), library);
  }

  /** A user who can write to the file could change it after it was compared. */
  private static boolean isOwn(Path file) {
    try {
      TrustedPath.requireOwn(file, "");
      return true;
    } catch (IOException e) {
      return false; // the file is replaced
    }
  }

  private static void write(byte[] library, Path file) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid());
    try {
      try (FileChannel out =
          PrivateFiles.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        ByteBuffer bytes = ByteBuffer.wrap(library);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static String sha256(byte[] library) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(library));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
