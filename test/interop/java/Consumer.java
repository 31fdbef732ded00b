import java.io.File;
import java.io.FileInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.security.KeyStore;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * What Java makes of our files: reads the key stores, validates the client's path (PKIX, RFC 5280), and runs a TLS
 * handshake in which both sides ask for a certificate.
 *
 * <pre>java Consumer.java PASSWORD (ID CLIENT_PFX… SERVER_PFX TRUST_PFX)…</pre>
 *
 * CLIENT_PFX is a list, separated as a class path is: all are read, the first is used. "-" is a client without a
 * certificate. Prints one JSON object a case: id, lengths of the chains in the client's files, number of trusted
 * entries, path, handshake. The last two are "ok"; any of them may be an exception instead.
 */
public final class Consumer {
  private static char[] password;

  public static void main(String[] args) throws Exception {
    password = args[0].toCharArray();
    for (int i = 1; i + 3 < args.length; i += 4) {
      String[] clients = args[i + 1].split(File.pathSeparator);
      String client = clients[0];
      String server = args[i + 2];
      String trust = args[i + 3];
      String chains = client.equals("-") ? "none" : outcome(() -> chainLengths(clients));
      String entries = outcome(() -> String.valueOf(trustedEntries(trust)));
      String path = client.equals("-") ? "none" : outcome(() -> validatePath(client, trust));
      String handshake = outcome(() -> handshake(client, server, trust));
      System.out.printf(
          "{\"id\":%s,\"chains\":%s,\"trusted\":%s,\"path\":%s,\"handshake\":%s}%n",
          quote(args[i]), quote(chains), quote(entries), quote(path), quote(handshake));
    }
    System.exit(0);
  }

  private static String chainLengths(String[] paths) throws Exception {
    List<String> lengths = new ArrayList<>();
    for (String path : paths) {
      KeyStore store = load(path);
      String alias = store.aliases().nextElement();
      // Reads the key too: its encryption may be another than that of the certificates.
      if (store.getKey(alias, password) == null) throw new java.security.KeyStoreException("no key in " + path);
      lengths.add(String.valueOf(store.getCertificateChain(alias).length));
    }
    return String.join(",", lengths);
  }

  private static int trustedEntries(String path) throws Exception {
    KeyStore store = load(path);
    int count = 0;
    for (String alias : java.util.Collections.list(store.aliases())) {
      if (store.isCertificateEntry(alias)) count++;
    }
    return count;
  }

  private static String validatePath(String clientPath, String trustPath) throws Exception {
    KeyStore store = load(clientPath);
    String alias = store.aliases().nextElement();
    List<Certificate> chain = new ArrayList<>(List.of(store.getCertificateChain(alias)));
    // The anchor is no part of the path (RFC 5280 §6.1).
    chain.removeIf(c -> ((X509Certificate) c).getSubjectX500Principal().equals(((X509Certificate) c).getIssuerX500Principal()));
    CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(chain);
    PKIXParameters parameters = new PKIXParameters(load(trustPath));
    parameters.setRevocationEnabled(false);
    CertPathValidator.getInstance("PKIX").validate(path, parameters);
    return "ok";
  }

  private static String handshake(String clientPath, String serverPath, String trustPath) throws Exception {
    KeyStore trust = load(trustPath);
    SSLContext serverContext = context(load(serverPath), trust);
    SSLContext clientContext = context(clientPath.equals("-") ? null : load(clientPath), trust);
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (SSLServerSocket listening =
        (SSLServerSocket) serverContext.getServerSocketFactory().createServerSocket(0, 1, loopback)) {
      listening.setNeedClientAuth(true);
      listening.setSoTimeout(10_000);
      Future<String> served =
          threads.submit(
              () -> {
                try (SSLSocket socket = (SSLSocket) listening.accept()) {
                  socket.setSoTimeout(10_000);
                  socket.getInputStream().read();
                  socket.getOutputStream().write('!');
                  return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                      .getSubjectX500Principal().getName();
                }
              });
      try (SSLSocket socket =
          (SSLSocket) clientContext.getSocketFactory().createSocket(loopback, listening.getLocalPort())) {
        socket.setSoTimeout(10_000);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.getOutputStream().write('?');
        if (socket.getInputStream().read() != '!') throw new java.io.IOException("the server hung up");
      }
      served.get(10, TimeUnit.SECONDS);
      return "ok";
    } finally {
      threads.shutdownNow();
    }
  }

  private static SSLContext context(KeyStore keys, KeyStore trust) throws Exception {
    KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("PKIX");
    keyManagers.init(keys, keys == null ? null : password);
    TrustManagerFactory trustManagers = TrustManagerFactory.getInstance("PKIX");
    trustManagers.init(trust);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
    return context;
  }

  private static KeyStore load(String path) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = new FileInputStream(path)) {
      store.load(in, password);
    }
    return store;
  }

  private static String outcome(Callable<String> step) {
    try {
      return step.call();
    } catch (Exception e) {
      return e.toString();
    }
  }

  private static String quote(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') out.append('\\').append(c);
      else if (c < 0x20) out.append(String.format("\\u%04x", (int) c));
      else out.append(c);
    }
    return out.append('"').toString();
  }
}
