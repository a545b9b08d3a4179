package dev.synthlab.local;

import dev.synthlab.files.PrivateFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * The beginning of a file that is being downloaded, readable by the user only. A file beside it
 * records the address and the version of the whole file; without that record the part is never
 * continued.
 *
 * @param path the part
 */
record PartFile(Path path) {

  /** The number of bytes that have arrived. */
  long size() throws IOException {
    PrivateFiles.requireOwn(path);
    return Files.exists(path) ? Files.size(path) : 0;
  }

  /** The validator of the file at this address that the part belongs to. */
  Optional<String> validator(URI address) throws IOException {
    PrivateFiles.requireOwn(record());
    if (size() == 0 || !Files.exists(record())) {
      return Optional.empty();
    }
    List<String> lines =
        new String(Files.readAllBytes(record()), StandardCharsets.UTF_8).lines().toList();
    return lines.size() == 2 && lines.getFirst().equals(place(address))
        ? Optional.of(lines.getLast()).filter(Validators::isUsable)
        : Optional.empty();
  }

  /** Opens an empty part that cannot be continued. */
  FileChannel begin() throws IOException {
    Files.deleteIfExists(record());
    return PrivateFiles.open(
        path,
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE,
        StandardOpenOption.TRUNCATE_EXISTING);
  }

  /** Opens an empty part of the file that has this validator at the address. */
  FileChannel begin(URI address, String validator) throws IOException {
    FileChannel part = begin();
    try (FileChannel file =
        PrivateFiles.open(record(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      file.write(StandardCharsets.UTF_8.encode(place(address) + "\n" + validator + "\n"));
      return part;
    } catch (IOException e) {
      part.close();
      throw e;
    }
  }

  /** Opens the part at its end. */
  FileChannel append() throws IOException {
    FileChannel part = PrivateFiles.open(path, StandardOpenOption.WRITE);
    return part.position(part.size());
  }

  void delete() throws IOException {
    Files.deleteIfExists(record());
    Files.deleteIfExists(path);
  }

  /** Makes the part the whole file. */
  void moveTo(Path file) throws IOException {
    try (FileChannel channel = PrivateFiles.open(path, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(path, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Files.deleteIfExists(record());
  }

  private Path record() {
    return path.resolveSibling(path.getFileName() + ".version");
  }

  // The user-info and the query of an address may contain a key.
  private static String place(URI address) {
    return address.getScheme()
        + "://"
        + address.getHost()
        + ":"
        + address.getPort()
        + address.getRawPath();
  }
}
