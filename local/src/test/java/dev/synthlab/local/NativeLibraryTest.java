package dev.synthlab.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {
  @TempDir Path directory;

  @Test
  void replacesAForgedLibraryOfTheSameCrc() throws Exception {
    Path library = library();
    byte[] genuine = Files.readAllBytes(library);
    byte[] forged = forged(genuine);
    Files.write(library, forged);

    NativeLibrary.extract(directory);

    assertThat(crc(forged)).isEqualTo(crc(genuine));
    assertThat(Arrays.equals(Files.readAllBytes(library), genuine)).isTrue();
  }

  @Test
  void loadsNothingFromADirectoryThatOthersMayWrite() throws Exception {
    assumeThat(directory.getFileSystem().supportedFileAttributeViews()).contains("posix");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> NativeLibrary.extract(directory))
        .withMessageContaining(directory.toString())
        .withMessageContaining("chmod go-w " + directory)
        .withMessageContaining("SYNTHLAB_CACHE_DIR");
  }

  private Path library() throws IOException {
    return NativeLibrary.extract(directory).resolve(System.mapLibraryName("jllama"));
  }

  /** Other content, with four bytes at its end that give it the CRC of the genuine one. */
  private static byte[] forged(byte[] genuine) {
    byte[] head = "not the library".getBytes(StandardCharsets.UTF_8);
    int wanted = ~(int) crc(genuine);
    for (int i = 0; i < Integer.BYTES; i++) {
      int index = indexOf(wanted >>> 24);
      wanted = (wanted ^ entry(index)) << 8 | index;
    }
    int last = wanted ^ ~(int) crc(head);
    byte[] forged = Arrays.copyOf(head, head.length + Integer.BYTES);
    for (int i = 0; i < Integer.BYTES; i++) {
      forged[head.length + i] = (byte) (last >>> 8 * i);
    }
    return forged;
  }

  private static int indexOf(int highByte) {
    int index = 0;
    while (entry(index) >>> 24 != highByte) {
      index++;
    }
    return index;
  }

  /** The entry of CRC-32's table. */
  private static int entry(int index) {
    int entry = index;
    for (int bit = 0; bit < 8; bit++) {
      entry = (entry & 1) == 0 ? entry >>> 1 : entry >>> 1 ^ 0xEDB88320;
    }
    return entry;
  }

  private static long crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }
}
