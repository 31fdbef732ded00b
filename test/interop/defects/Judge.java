import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import sun.security.util.HostnameChecker;

/**
 * What a TLS client in Java says of a server's certificate: the trust manager's path and purpose, then the host.
 *
 * <pre>java --add-exports java.base/sun.security.util=ALL-UNNAMED Judge.java &lt; cases</pre>
 *
 * A case is a line: folder, host, CRLs to be looked at (true or false), policies with commas between; tabs between the
 * four. Answers with a line for each: folder, tab, nothing or what was said. The version comes first.
 */
public final class Judge {
  public static void main(String[] args) throws Exception {
    System.out.println(System.getProperty("java.version"));
    for (String line : new String(System.in.readAllBytes()).split("\n")) {
      String[] fields = line.split("\t", -1);
      System.out.println(fields[0] + "\t" + judge(Path.of(fields[0]), fields[1], fields[2].equals("true"), fields[3]));
    }
  }

  private static String judge(Path folder, String host, boolean revocation, String policies) {
    try {
      X509Certificate[] chain = certificates(folder.resolve("fullchain.pem")).toArray(new X509Certificate[0]);
      trustManager(folder, revocation, policies).checkServerTrusted(chain, "ECDHE_ECDSA");
      HostnameChecker.getInstance(HostnameChecker.TYPE_TLS).match(host, chain[0]);
      return "";
    } catch (Exception e) {
      return reason(e);
    }
  }

  private static X509TrustManager trustManager(Path folder, boolean revocation, String policies) throws Exception {
    KeyStore trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    for (X509Certificate root : certificates(folder.resolve("root.pem"))) trust.setCertificateEntry("root", root);
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    PKIXBuilderParameters parameters = new PKIXBuilderParameters(trust, new X509CertSelector());
    parameters.setRevocationEnabled(revocation);
    if (revocation && Files.exists(folder.resolve("crl.pem"))) {
      Collection<?> crls = factory().generateCRLs(new ByteArrayInputStream(Files.readAllBytes(folder.resolve("crl.pem"))));
      parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(crls)));
    }
    if (!policies.isEmpty()) {
      parameters.setInitialPolicies(Set.of(policies.split(",")));
      parameters.setExplicitPolicyRequired(true);
    }
    factory.init(new CertPathTrustManagerParameters(parameters));
    return (X509TrustManager) factory.getTrustManagers()[0];
  }

  private static List<X509Certificate> certificates(Path file) throws Exception {
    List<X509Certificate> all = new ArrayList<>();
    for (Certificate one : factory().generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)))) {
      all.add((X509Certificate) one);
    }
    if (all.isEmpty()) throw new CertificateException("no certificate in " + file.getFileName());
    return all;
  }

  private static CertificateFactory factory() throws CertificateException {
    return CertificateFactory.getInstance("X.509");
  }

  /** The innermost exception says what was wrong. Moments are left out: the gallery is made anew each time. */
  private static String reason(Throwable e) {
    Throwable inner = e;
    while (inner.getCause() != null) inner = inner.getCause();
    String message = String.valueOf(inner.getMessage()).replaceAll("[\\s\\p{Cntrl}]+", " ").trim();
    String timeless = message.replaceAll("[:,]? ?(revocation date: )?(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [^,]*[0-9]{4}", "");
    return inner.getClass().getSimpleName() + ": " + timeless;
  }
}
