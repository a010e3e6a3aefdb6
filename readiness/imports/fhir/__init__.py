"""FHIR R4 as it is handed over: bulk exports, Bundles and single resources."""
