"""simple-salesforce against the local org. It insists on https; an adapter rewrites the host, and nothing else."""

import re
import subprocess
import unittest
from os import environ
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceError

BINARY = environ.get("TIDEGATE") or str(Path(__file__).parents[2] / "target/debug/tidegate")


class ToTheLocalOrg(HTTPAdapter):
    """Sends what is meant for a Salesforce host to the local org."""

    def __init__(self, org):
        self.org = urlsplit(org)
        super().__init__()

    def send(self, request, **options):
        url = urlsplit(request.url)
        request.url = urlunsplit((self.org.scheme, self.org.netloc, url.path, url.query, ""))
        return super().send(request, **options)


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        command = [BINARY, "org", "--port", "0"]
        cls.org = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        told = {}
        for line in cls.org.stdout:
            found = re.search(r"(answers at|consumer key|consumer secret|username)\s+(\S+)", line)
            if found:
                told[found[1]] = found[2]
            if "username" in told:
                break
        cls.url = told["answers at"]
        session = requests.Session()
        session.mount("https://", ToTheLocalOrg(cls.url))
        cls.salesforce = Salesforce(
            consumer_key=told["consumer key"],
            consumer_secret=told["consumer secret"],
            domain="warmhaus.my",
            session=session,
            version="66.0",
        )

    @classmethod
    def tearDownClass(cls):
        cls.org.terminate()
        cls.org.wait()
        cls.org.stdout.close()

    def a_case(self, **more):
        return {"Subject": "The heater stopped", "Channel__c": "web_chat", **more}

    def code(self, work):
        with self.assertRaises(SalesforceError) as refused:
            work()
        return refused.exception.content[0]["errorCode"]

    def test_describes(self):
        names = [entry["name"] for entry in self.salesforce.describe()["sobjects"]]
        self.assertIn("Case", names)
        fields = {field["name"]: field for field in self.salesforce.Case.describe()["fields"]}
        self.assertEqual(fields["Component__c"]["controllerName"], "Product__c")

    def test_creates_reads_changes_and_deletes(self):
        made = self.salesforce.Case.create(self.a_case())
        self.assertTrue(made["success"])
        self.assertEqual(self.salesforce.Case.get(made["id"])["Status"], "New")
        self.assertEqual(self.salesforce.Case.update(made["id"], {"Status": "Working"}), 204)
        self.assertEqual(self.salesforce.Case.get(made["id"])["Status"], "Working")
        self.assertEqual(self.salesforce.Case.delete(made["id"]), 204)

    def test_upserts_by_an_external_id(self):
        key = "Tidegate_Key__c/py-1"
        self.assertEqual(self.salesforce.Case.upsert(key, self.a_case()), 201)
        self.assertEqual(self.salesforce.Case.upsert(key, {"Subject": "changed"}), 200)
        row = self.salesforce.Case.get_by_custom_id("Tidegate_Key__c", "py-1")
        self.assertEqual(row["Subject"], "changed")

    def test_queries_parent_fields_page_by_page(self):
        ada = self.salesforce.query("SELECT Id FROM Contact WHERE LastName = 'Lovelace'")["records"][0]["Id"]
        rows = [self.a_case(attributes={"type": "Case"}, ContactId=ada, Origin="Web") for _ in range(200)]
        for _ in range(2):
            self.salesforce.restful("composite/sobjects", method="POST", json={"records": rows})
        soql = "SELECT Id, Contact.Account.Name FROM Case WHERE Origin = 'Web'"
        first = self.salesforce.query(soql, headers={"Sforce-Query-Options": "batchSize=200"})
        self.assertEqual((first["totalSize"], first["done"], len(first["records"])), (400, False, 200))
        self.assertEqual(first["records"][0]["Contact"]["Account"]["Name"], "Lovelace Mills")
        second = self.salesforce.query_more(first["nextRecordsUrl"], identifier_is_url=True)
        self.assertEqual((second["done"], len(second["records"])), (True, 200))
        self.assertEqual(len(self.salesforce.query_all(soql)["records"]), 400)

    def test_names_ten_errors(self):
        case = self.salesforce.Case
        case.upsert("Tidegate_Key__c/py-once", self.a_case())
        gone = case.create(self.a_case())["id"]
        case.delete(gone)
        refusals = {
            "REQUIRED_FIELD_MISSING": lambda: case.create({"Subject": "x"}),
            "INVALID_FIELD": lambda: case.create(self.a_case(Nope__c=1)),
            "INVALID_FIELD_FOR_INSERT_UPDATE": lambda: case.create(self.a_case(Risk_Score__c=1)),
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": lambda: case.create(self.a_case(Channel__c="pigeon")),
            "STRING_TOO_LONG": lambda: case.create(self.a_case(Order_Number__c="x" * 21)),
            "INVALID_EMAIL_ADDRESS": lambda: case.create(self.a_case(SuppliedEmail="badone")),
            "DUPLICATE_VALUE": lambda: case.create(self.a_case(Tidegate_Key__c="py-once")),
            "ENTITY_IS_DELETED": lambda: case.get(gone),
            "INVALID_TYPE": lambda: self.salesforce.query("SELECT Id FROM Casse"),
            "MALFORMED_QUERY": lambda: self.salesforce.query("SELECT FROM Case"),
            "NOT_FOUND": lambda: self.salesforce.Casse.describe(),
        }
        for expected, work in refusals.items():
            with self.subTest(expected):
                self.assertEqual(self.code(work), expected)

    def test_sees_the_days_requests_used_up(self):
        requests.post(f"{self.url}/__org/faults", json={"next": {"daily_limit": 1}}).raise_for_status()
        self.assertEqual(self.code(lambda: self.salesforce.Case.create(self.a_case())), "REQUEST_LIMIT_EXCEEDED")
        self.salesforce.limits()
        self.assertIn("api-usage", self.salesforce.api_usage)


if __name__ == "__main__":
    unittest.main()
