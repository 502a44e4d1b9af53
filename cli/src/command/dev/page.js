// Signs the visitor in, as a company's page would: its own server vouches for who this is.
const who = location.pathname.split("/").pop();
window.tidegate = {
  identity: async () => {
    if (who === "nobody") return null;
    const answer = await fetch(`/identity/${who}`);
    return answer.ok ? answer.text() : null;
  },
};
