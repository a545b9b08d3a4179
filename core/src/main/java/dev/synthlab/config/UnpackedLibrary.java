package dev.synthlab.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A native library of the class path, unpacked where nobody but this user and root can change it,
 * once for all processes. For the modules of this library.
 */
public final class UnpackedLibrary {
  private UnpackedLibrary() {}

  /**
   * Puts the library into a directory named after its SHA-256, unless it stands there already, byte
   * for byte. What is compared with is what the class path carries, never something beside the
   * unpacked file.
   *
   * @param library the bytes that the class path carries
   * @param name what its file is to be called
   * @param cache the directory for fetched and unpacked files
   * @return the file to load
   * @throws IOException when it cannot be written, or when somebody else can write to the directory
   *     or to one above it
   */
  public static Path place(byte[] library, String name, Path cache) throws IOException {
    Path directory =
        OwnerOnly.directory(cache.toAbsolutePath().resolve("native").resolve(sha256(library)));
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

  /** Who can write to the file itself could do so once it was compared. */
  private static boolean isOwn(Path file) {
    try {
      OwnerOnly.requireOwn(file);
      return true;
    } catch (IOException e) {
      return false; // it is replaced by a file that is
    }
  }

  private static void write(byte[] library, Path file) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid());
    try {
      try (FileChannel out = OwnerOnly.open(temporary)) {
        out.truncate(0);
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
