// Made from templates/profiles/*.yaml by scripts/compile-profiles.mjs. Edit those, then run it.

import type { CertificateProfile } from './profile.ts'

/** The profiles that come with this program, by name. */
export const BUILT_IN_PROFILES: Readonly<Record<string, CertificateProfile>> = {
  "client": {
    "description": "TLS client",
    "key": "ec-p256",
    "subject": "CN={name}",
    "validity": {
      "notAfter": "397d"
    },
    "keyUsage": [
      "digitalSignature"
    ],
    "keyUsageForRsa": [
      "keyEncipherment"
    ],
    "extKeyUsage": [
      "clientAuth"
    ],
    "critical": [
      "keyUsage"
    ],
    "request": {
      "subject": true,
      "subjectAltName": [
        "dns",
        "email",
        "uri",
        "upn"
      ],
      "narrowUsage": true
    }
  },
  "code-signing": {
    "description": "Signed programs and packages",
    "key": "ec-p256",
    "subject": "CN={name}",
    "validity": {
      "notAfter": "3y"
    },
    "keyUsage": [
      "digitalSignature"
    ],
    "extKeyUsage": [
      "codeSigning"
    ],
    "critical": [
      "keyUsage"
    ],
    "request": {
      "subject": true
    }
  },
  "email": {
    "description": "Signed and encrypted e-mail (S/MIME)",
    "key": "ec-p256",
    "subject": "CN={name}",
    "validity": {
      "notAfter": "397d"
    },
    "keyUsage": [
      "digitalSignature"
    ],
    "keyUsageForRsa": [
      "keyEncipherment"
    ],
    "keyUsageForEc": [
      "keyAgreement"
    ],
    "extKeyUsage": [
      "emailProtection"
    ],
    "subjectAltName": {
      "require": [
        "email"
      ]
    },
    "critical": [
      "keyUsage"
    ],
    "request": {
      "subject": true,
      "subjectAltName": [
        "email"
      ],
      "narrowUsage": true
    }
  },
  "financial": {
    "description": "Financial sector mutual TLS: 90 days, OCSP",
    "key": "ec-p256",
    "subject": "CN={name}",
    "validity": {
      "notAfter": "90d"
    },
    "keyUsage": [
      "digitalSignature"
    ],
    "keyUsageForRsa": [
      "keyEncipherment"
    ],
    "extKeyUsage": [
      "serverAuth",
      "clientAuth"
    ],
    "subjectAltName": {
      "default": [
        "host:{name}"
      ]
    },
    "authorityInfoAccess": {
      "ocsp": [
        "{base-url}/ocsp/{issuer}"
      ],
      "caIssuers": [
        "{base-url}/aia/{issuer}.cer"
      ]
    },
    "critical": [
      "keyUsage"
    ],
    "request": {
      "subject": true,
      "subjectAltName": [
        "dns",
        "ip",
        "uri"
      ],
      "narrowUsage": true
    }
  },
  "healthcare": {
    "description": "Healthcare mutual TLS: 1 year, CRL and OCSP",
    "key": "ec-p256",
    "subject": "CN={name}",
    "validity": {
      "notAfter": "1y"
    },
    "keyUsage": [
      "digitalSignature"
    ],
    "keyUsageForRsa": [
      "keyEncipherment"
    ],
    "extKeyUsage": [
      "serverAuth",
      "clientAuth"
    ],
    "subjectAltName": {
      "default": [
        "host:{name}"
      ]
    },
    "cRLDistributionPoints": [
      "{base-url}/crl/{issuer}.crl"
    ],
    "authorityInfoAccess": {
      "ocsp": [
        "{base-url}/ocsp/{issuer}"
      ],
      "caIssuers": [
        "{base-url}/aia/{issuer}.cer"
      ]
    },
    "critical": [
      "keyUsage"
    ],
    "request": {
      "subject": true,
      "subjectAltName": [
        "dns",
        "ip",
        "uri"
      ],
      "narrowUsage": true
    }
  },
  "intermediate": {
    "description": "Intermediate certification authority",
    "key": "ec-p256",
    "subject": "CN={name}",
    "validity": {
      "notAfter": "5y"
    },
    "basicConstraints": {
      "cA": true,
      "pathLenConstraint": 0
    },
    "keyUsage": [
      "keyCertSign",
      "cRLSign"
    ],
    "critical": [
      "basicConstraints",
      "keyUsage"
    ],
    "request": {
      "subject": true
    }
  },
  "iot": {
    "description": "IoT and SCADA device: 5 years, CRL, works offline",
    "key": "ec-p256",
    "subject": "CN={name}",
    "validity": {
      "notAfter": "5y"
    },
    "keyUsage": [
      "digitalSignature"
    ],
    "keyUsageForRsa": [
      "keyEncipherment"
    ],
    "extKeyUsage": [
      "clientAuth"
    ],
    "cRLDistributionPoints": [
      "{base-url}/crl/{issuer}.crl"
    ],
    "critical": [
      "keyUsage"
    ],
    "request": {
      "subject": true,
      "subjectAltName": [
        "dns",
        "ip",
        "uri"
      ],
      "narrowUsage": true
    }
  },
  "kubernetes": {
    "description": "Kubernetes service: 1 year, CRL, SPIFFE",
    "key": "ec-p256",
    "subject": "CN={name}.default.svc.cluster.local",
    "validity": {
      "notAfter": "1y"
    },
    "keyUsage": [
      "digitalSignature"
    ],
    "keyUsageForRsa": [
      "keyEncipherment"
    ],
    "extKeyUsage": [
      "serverAuth",
      "clientAuth"
    ],
    "subjectAltName": {
      "default": [
        "uri:spiffe://cluster.local/ns/default/sa/{name}",
        "dns:{name}.default.svc.cluster.local"
      ],
      "require": [
        "uri"
      ],
      "atMostOne": [
        "uri"
      ],
      "uriScheme": "spiffe"
    },
    "cRLDistributionPoints": [
      "{base-url}/crl/{issuer}.crl"
    ],
    "critical": [
      "keyUsage"
    ],
    "request": {
      "subject": true,
      "subjectAltName": [
        "uri",
        "dns"
      ]
    }
  },
  "ocsp-responder": {
    "description": "OCSP responder for the CA that issues it (RFC 6960)",
    "key": "ec-p256",
    "subject": "CN={name}",
    "validity": {
      "notAfter": "90d"
    },
    "keyUsage": [
      "digitalSignature"
    ],
    "extKeyUsage": [
      "OCSPSigning"
    ],
    "cRLDistributionPoints": [],
    "authorityInfoAccess": {},
    "ocspNoCheck": true,
    "critical": [
      "keyUsage"
    ],
    "request": {
      "subject": true
    }
  },
  "root": {
    "description": "Root certification authority, self-signed",
    "key": "ec-p256",
    "subject": "CN={name}",
    "validity": {
      "notAfter": "10y"
    },
    "basicConstraints": {
      "cA": true
    },
    "keyUsage": [
      "keyCertSign",
      "cRLSign"
    ],
    "critical": [
      "basicConstraints",
      "keyUsage"
    ],
    "request": {
      "subject": true
    }
  },
  "server": {
    "description": "TLS server",
    "key": "ec-p256",
    "subject": "CN={name}",
    "validity": {
      "notAfter": "397d"
    },
    "keyUsage": [
      "digitalSignature"
    ],
    "keyUsageForRsa": [
      "keyEncipherment"
    ],
    "extKeyUsage": [
      "serverAuth"
    ],
    "subjectAltName": {
      "default": [
        "host:{name}"
      ]
    },
    "critical": [
      "keyUsage"
    ],
    "request": {
      "subject": true,
      "subjectAltName": [
        "dns",
        "ip"
      ],
      "narrowUsage": true
    }
  },
  "server-client": {
    "description": "TLS server and client at once",
    "key": "ec-p256",
    "subject": "CN={name}",
    "validity": {
      "notAfter": "397d"
    },
    "keyUsage": [
      "digitalSignature"
    ],
    "keyUsageForRsa": [
      "keyEncipherment"
    ],
    "extKeyUsage": [
      "serverAuth",
      "clientAuth"
    ],
    "subjectAltName": {
      "default": [
        "host:{name}"
      ]
    },
    "critical": [
      "keyUsage"
    ],
    "request": {
      "subject": true,
      "subjectAltName": [
        "dns",
        "ip",
        "uri"
      ],
      "narrowUsage": true
    }
  },
  "smartcard-logon": {
    "description": "Windows smart card logon",
    "key": "rsa-2048",
    "subject": "CN={name}",
    "validity": {
      "notAfter": "397d"
    },
    "keyUsage": [
      "digitalSignature"
    ],
    "keyUsageForRsa": [
      "keyEncipherment"
    ],
    "extKeyUsage": [
      "smartcardLogon",
      "clientAuth"
    ],
    "subjectAltName": {
      "require": [
        "upn"
      ]
    },
    "cRLDistributionPoints": [
      "{base-url}/crl/{issuer}.crl"
    ],
    "critical": [
      "keyUsage"
    ],
    "request": {
      "subject": true,
      "subjectAltName": [
        "upn",
        "email"
      ],
      "narrowUsage": true
    }
  },
  "spiffe": {
    "description": "SPIFFE workload identity (X.509-SVID)",
    "key": "ec-p256",
    "subject": "CN={name}",
    "validity": {
      "notAfter": "1d"
    },
    "keyUsage": [
      "digitalSignature"
    ],
    "keyUsageForRsa": [
      "keyEncipherment"
    ],
    "extKeyUsage": [
      "serverAuth",
      "clientAuth"
    ],
    "subjectAltName": {
      "require": [
        "uri"
      ],
      "atMostOne": [
        "uri"
      ],
      "uriScheme": "spiffe"
    },
    "critical": [
      "keyUsage"
    ],
    "request": {
      "subject": true,
      "subjectAltName": [
        "uri",
        "dns"
      ]
    }
  },
  "timestamping": {
    "description": "Time-stamping authority (RFC 3161)",
    "key": "ec-p256",
    "subject": "CN={name}",
    "validity": {
      "notAfter": "5y"
    },
    "keyUsage": [
      "digitalSignature"
    ],
    "extKeyUsage": [
      "timeStamping"
    ],
    "critical": [
      "keyUsage",
      "extKeyUsage"
    ],
    "request": {
      "subject": true
    }
  }
}
