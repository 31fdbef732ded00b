import java.io.FileInputStream;
import java.io.InputStream;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Whether Java's PKIX validator, with revocation on, takes a path: by OCSP alone, and by CRLs alone, both fetched from
 * where the certificates say.
 *
 * <pre>java Revocation.java ROOT LEAF ISSUER…</pre>
 *
 * Prints two words: what OCSP said and what CRLs said. Each is "ok", or the reason of the exception, such as REVOKED or
 * UNDETERMINED_REVOCATION_STATUS.
 */
public final class Revocation {
  public static void main(String[] args) throws Exception {
    System.setProperty("com.sun.security.enableCRLDP", "true");
    List<X509Certificate> path = new ArrayList<>();
    for (int i = 1; i < args.length; i++) path.add(read(args[i]));
    String ocsp = judge(read(args[0]), path, EnumSet.of(PKIXRevocationChecker.Option.NO_FALLBACK));
    String crl =
        judge(
            read(args[0]),
            path,
            EnumSet.of(PKIXRevocationChecker.Option.PREFER_CRLS, PKIXRevocationChecker.Option.NO_FALLBACK));
    System.out.println(ocsp + " " + crl);
  }

  private static String judge(
      X509Certificate root, List<X509Certificate> certificates, EnumSet<PKIXRevocationChecker.Option> options)
      throws Exception {
    CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(certificates);
    CertPathValidator validator = CertPathValidator.getInstance("PKIX");
    PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
    checker.setOptions(options);
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
    parameters.setRevocationEnabled(true);
    parameters.addCertPathChecker(checker);
    try {
      validator.validate(path, parameters);
      return "ok";
    } catch (CertPathValidatorException e) {
      System.err.println(e);
      return e.getReason().toString();
    }
  }

  private static X509Certificate read(String path) throws Exception {
    try (InputStream in = new FileInputStream(path)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }
}
