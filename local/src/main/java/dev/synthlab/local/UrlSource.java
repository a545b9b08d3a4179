package dev.synthlab.local;

import dev.synthlab.files.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * The weights at an HTTP address. An interrupted download is resumed if the server supports it.
 *
 * @param address of the file
 * @param client makes the request
 */
record UrlSource(URI address, OkHttpClient client) implements WeightsSource {
  /** Short, because another source follows when the network is closed. */
  private static final Duration CONNECT = Duration.ofSeconds(5);

  private static final Duration SILENCE = Duration.ofSeconds(30);

  static UrlSource of(URI address) {
    return new UrlSource(
        address,
        new OkHttpClient.Builder()
            .dns(UrlSource::lookup)
            .connectTimeout(CONNECT)
            .readTimeout(SILENCE)
            .retryOnConnectionFailure(false)
            .build());
  }

  @Override
  public String name() {
    return address.getHost() == null ? address.getScheme() + " address" : address.getHost();
  }

  @Override
  public void fetch(ChecksummedFile wanted, Path part, Weights.Progress progress)
      throws IOException {
    long have = Files.exists(part) ? Files.size(part) : 0;
    boolean resume = have > 0 && have < wanted.size();
    Request.Builder request = new Request.Builder().url(address.toURL());
    if (resume) {
      request.header("range", "bytes=" + have + "-");
    }
    try (Response response = client.newCall(request.build()).execute();
        FileChannel file =
            PrivateFiles.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      boolean continued =
          response.code() == 206
              && String.valueOf(response.header("content-range")).startsWith("bytes " + have + "-");
      if (!continued) {
        file.truncate(0);
      }
      if (response.code() != 200 && !continued) {
        throw new IOException("HTTP " + response.code());
      }
      file.position(file.size());
      copy(response.body().byteStream(), file, wanted, progress);
    } finally {
      client.connectionPool().evictAll();
    }
  }

  private void copy(
      InputStream in, FileChannel file, ChecksummedFile wanted, Weights.Progress progress)
      throws IOException {
    byte[] block = new byte[1 << 16];
    for (int read = in.read(block); read >= 0; read = in.read(block)) {
      ByteBuffer bytes = ByteBuffer.wrap(block, 0, read);
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      if (file.position() > wanted.size()) {
        throw new IOException("the file there is longer than " + wanted.size() + " bytes");
      }
      progress.moved(name(), file.position(), wanted.size());
    }
  }

  /** The DNS lookup of the system, which has no timeout of its own. */
  private static List<InetAddress> lookup(String host) throws UnknownHostException {
    FutureTask<List<InetAddress>> task =
        new FutureTask<>(() -> List.of(InetAddress.getAllByName(host)));
    Thread.ofPlatform().daemon().name("synthlab-local-lookup").start(task);
    UnknownHostException unknown = new UnknownHostException("no address for " + host);
    try {
      return task.get(CONNECT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      unknown.initCause(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      unknown.initCause(e);
    }
    throw unknown;
  }
}
